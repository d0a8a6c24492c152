package licenseserver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// A name plate is a device that represents the account itself. Its hardware hash is "provkit:" and
// the license's key. On a marker, which the adapter registered, "#" and a digest of reference, name
// and key follow. The digest makes the hash of each order unique, since a server may keep one
// record per hash, and it reveals a marker that was changed: programs with the API key can register
// any device.
//
// An operator may register a plate without a digest by hand, to give a license a name.
const (
	platePrefix  = "provkit:"
	digestLength = 16

	// The app_version shows who made a marker. An active marker of Create means that the license is
	// not ready yet.
	madeByCreate = "provkit"
	madeByAdopt  = "provkit-adopt"
)

// nameplate is what the devices of a license reveal about it.
type nameplate struct {
	license             int64
	key                 provider.Secret
	username, reference string
	// marker is the ID of the marker, 0 if the license has none. The first marker counts; IDs are
	// ascending, so all programs agree which one that is.
	marker int64
	// device is the ID of the device that the plate was read from, 0 if there is no plate.
	device int64
	// on reports whether the marker is active and counts against max_activations.
	on bool
	// unfinished reports whether Create has not finished yet.
	unfinished bool
	// devices counts all devices of the license.
	devices int
}

// ours reports whether the license belongs to an order.
func (n *nameplate) ours(username, reference string) bool {
	return n.marker != 0 && n.reference == reference && (n.username == "" || strings.EqualFold(n.username, username))
}

func digestOf(username, reference string, key provider.Secret) string {
	sum := sha256.Sum256([]byte(reference + "\x00" + username + "\x00" + key.Reveal()))
	return hex.EncodeToString(sum[:])[:digestLength]
}

// markerHash returns the hardware hash of a marker.
func markerHash(username, reference string, key provider.Secret) string {
	return platePrefix + key.Reveal() + "#" + digestOf(username, reference, key)
}

// splitPlate parses the hardware hash of a name plate; digest is empty on one that was registered
// by hand.
func splitPlate(hash string) (key provider.Secret, digest string, is bool) {
	text, is := strings.CutPrefix(hash, platePrefix)
	if at := strings.LastIndexByte(text, '#'); at >= 0 && len(text)-at-1 == digestLength {
		text, digest = text[:at], text[at+1:]
	}
	return provider.NewSecret(text), digest, is && text != ""
}

// plateSecrets returns the secrets in the hardware hash of a name plate, the license key and the
// hash itself; nil for other hashes.
func plateSecrets(hash string) []provider.Secret {
	if key, _, is := splitPlate(hash); is {
		return []provider.Secret{key, provider.NewSecret(hash)}
	}
	return nil
}

// readPlate returns the name plate among the devices of a license.
func readPlate(license int64, devices []*Device) *nameplate {
	n := &nameplate{license: license, devices: len(devices)}
	slices.SortFunc(devices, func(a, b *Device) int { return cmp.Compare(a.ID, b.ID) })
	for _, d := range devices {
		key, digest, is := splitPlate(d.HardwareHash)
		if !is {
			continue
		}
		username, reference := provider.Unmark(d.MachineName)
		if digest == "" {
			if n.key.IsZero() {
				n.key, n.username, n.device = key, username, d.ID
			}
			continue
		}
		if digest == digestOf(username, reference, key) {
			n.key, n.reference, n.marker, n.device, n.on = key, reference, d.ID, d.ID, d.Active
			n.username = cmp.Or(username, n.username)
			n.unfinished = d.Active && d.AppVersion == madeByCreate
		}
		break // nothing after a marker counts, even if the marker was changed
	}
	return n
}

// look reads the devices of a license and remembers its name plate. If one of them cannot be read, it
// returns an empty plate beside the error: it is not known whose the license is.
func (p *Provider) look(ctx context.Context, license int64) (*nameplate, error) {
	var devices []*Device
	for d, err := range adapter.Legible(p.client.Devices.List(ctx, license)) {
		if err != nil {
			if errors.Is(err, provider.ErrNotFound) {
				p.index.drop(license)
				p.seen.Drop(license)
			}
			if adapter.IsOdd(err) {
				return &nameplate{license: license}, err
			}
			return nil, err
		}
		devices = append(devices, d)
	}
	n := readPlate(license, devices)
	if err := p.index.add(n); err != nil {
		return nil, err
	}
	p.seen.Add(license)
	return n, nil
}

// lookFor is look for a license whose key is known: a marker with another key is another license's, or
// a forged one, and nobody's claim to this license. What is answered twice is not believed either.
func (p *Provider) lookFor(ctx context.Context, license int64, key provider.Secret) (n *nameplate, err error) {
	for range 2 {
		if n, err = p.look(ctx, license); err != nil || n.marker == 0 || n.key == key {
			return n, err
		}
	}
	p.index.drop(license)
	return nil, strangeMarker(license)
}

// strangeMarker is the error for a license whose list of devices, which does not name the license, has
// a marker that is not the license's own.
func strangeMarker(license int64) error {
	return &provider.Error{
		Provider: Kind, Op: devicesList.Op, Kind: provider.ErrProtocol,
		Message: words.Say("license %d is answered with a marker whose key is not the license's", license),
	}
}

// mark registers a marker and returns the name plate of the license: that of another order if its
// marker was first.
func (p *Provider) mark(ctx context.Context, license int64, key provider.Secret, username, reference, madeBy string) (*nameplate, error) {
	var n *nameplate
	look := func(ctx context.Context) (marked bool, err error) {
		n, err = p.lookFor(ctx, license, key)
		if errors.Is(err, provider.ErrNotFound) {
			return false, nil // it is new
		}
		return err == nil && n.marker != 0, err
	}
	var denied error
	err := p.accounts.Confirm(ctx, func(ctx context.Context) error {
		_, err := p.client.Devices.Register(ctx, license, &DeviceRegisterRequest{
			HardwareHash: markerHash(username, reference, key), MachineName: provider.Mark(username, reference), AppVersion: madeBy,
		})
		if errors.Is(err, provider.ErrNotFound) {
			denied = err
			return nil // it was there a moment ago: the look decides
		}
		return err
	}, look)
	if err != nil && denied != nil {
		if n == nil && errors.Is(err, provider.ErrConflict) {
			return nil, denied // it was removed
		}
		return nil, provider.Unresolved(denied, err)
	}
	if adapter.Refused(err) {
		// Another marker may have taken the last activation.
		if marked, lookErr := look(ctx); lookErr == nil && marked {
			return n, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// release deactivates a marker, which frees its activation. The answer proves that it was done. The
// marker must still be listed afterwards, or the license could not be found again.
func (p *Provider) release(ctx context.Context, n *nameplate) error {
	off := func(now *nameplate) bool { return now.marker == n.marker && !now.on }
	err := adapter.Resolve(ctx, p.accounts.Lag,
		func(ctx context.Context) error {
			_, err := p.client.Devices.Deactivate(ctx, n.license, n.marker)
			if errors.Is(err, provider.ErrNotFound) {
				return provider.MaybeMade(err) // it was there a moment ago: the look decides
			}
			return err
		},
		p.accounts.Shows(n.license, off))
	if err != nil {
		return err
	}
	if done, err := adapter.Until(ctx, p.accounts.Lag, p.accounts.Shows(n.license, off)); err == nil && !done {
		return &provider.Error{
			Provider: Kind, Op: devicesDeactivate.Op, Kind: provider.ErrConflict,
			Message: "the marker is not listed as deactivated: the server ignored the change, or drops deactivated devices, " +
				"in which case licenses cannot be found again",
		}
	}
	return nil
}
