package elizon_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// No method takes an answer that is about another service, invoice, ticket, address or product than what
// was asked, if the answer tells in a documented way: these do.
func TestAboutWhatWasAsked(t *testing.T) {
	compared, _ := vendor(t).CheckAbout(t, nil)
	require.Equal(t, []string{
		"Addresses.Update", "Invoices.Get", "Permissions.Details", "Products.BySlug", "Products.Category", "Products.Get", "Services.Get",
		"Services.Hosting.StorageHistory", "Storage.Get", "Tickets.Get",
	}, compared)
}
