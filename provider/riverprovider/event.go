package riverprovider

import "github.com/provkit/provkit/provider"

// Event tells what has become of an intent. States done, refused and person end it: nothing more happens until
// one with a greater Sequence arrives. Waiting comes once for each Code in a row, pending never.
type Event struct {
	Intent *provider.Intent
	*provider.IntentReport
}
