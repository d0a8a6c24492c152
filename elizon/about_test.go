package elizon_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// No method takes an answer that is about another service, invoice, ticket, address or product than what
// was asked, if the answer tells in a documented way: these do.
func TestAboutWhatWasAsked(t *testing.T) {
	const undocumented = "what is in the answer is undocumented, and the caller gets all of it"
	compared, _ := vendor(t).CheckAbout(t, map[string]string{"Products.BySlug": undocumented, "Storage.Get": undocumented})
	require.Equal(t, []string{
		"Addresses.Update", "Invoices.Get", "Permissions.Details", "Products.Category", "Products.Get", "Services.Get", "Tickets.Get",
	}, compared)
}
