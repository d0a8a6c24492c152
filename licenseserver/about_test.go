package licenseserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// No method takes an answer that is about another license, machine or contact than what was asked, if the
// answer tells: these do. The others answer with a message, and no name. Keys are not in the error.
func TestAboutWhatWasAsked(t *testing.T) {
	compared, _ := vendor(t).CheckAbout(t, nil)
	require.Equal(t, []string{
		"Leads.AddDetail", "Leads.Contact", "Leads.CreateInstitution", "Licenses.Activate", "Licenses.Info", "Licenses.Verify",
	}, compared)
}
