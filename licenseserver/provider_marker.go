package licenseserver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// A name plate is a device that represents the account itself. Its hardware hash is "provkit:" and the
// license's key. On a marker, which the adapter registered, "#" and a signed reference follow (see
// provider.Markers). Whoever has the key of a license can register devices on it, and register them
// again under another name, but no hash can be changed. So the hash alone decides; the machine name,
// "alice [ref:order-1042]", is for people.
//
// Before markers were signed, 16 hexadecimal digits followed, a digest of reference, name and key. An
// operator may register a plate without a "#" by hand, to give a license a name.
const (
	platePrefix  = "provkit:"
	digestLength = 16

	// The app_version shows who made a marker. An active marker of Create means that the license is
	// not ready yet.
	madeByCreate = "provkit"
	madeByAdopt  = "provkit-adopt"

	// maxKeys is how many keys on the plates of one license are tried.
	maxKeys = 4
)

// nameplate is what the devices of a license reveal about it.
type nameplate struct {
	license             int64
	key                 provider.Secret
	username, reference string
	// state is what is wrong with the markers of the license, or with the one that counts.
	state provider.Marker
	// marker is the ID of the marker, 0 if the license has none that is valid. The first one by the
	// current key counts, then the first; IDs are ascending, so all programs agree which one that is.
	// One that is not valid neither hides nor replaces it.
	marker int64
	// device is the ID of the device that the plate was read from, 0 if there is no plate.
	device int64
	// on reports whether the marker is active and counts against max_activations.
	on bool
	// unfinished reports whether Create has not finished yet.
	unfinished bool
	// devices counts all devices of the license, plates those that are its name plates.
	devices, plates int
	// keys are those on the plates, and the first device with each.
	keys map[provider.Secret]int64
}

// ours reports whether the license belongs to an order.
func (n *nameplate) ours(username, reference string) bool {
	return n.marker != 0 && n.reference == reference && (n.username == "" || strings.EqualFold(n.username, username))
}

// yields reports whether a license is that of a Create that has not finished, and that will remove it
// because the marker of another license of the order was registered before.
func (n *nameplate) yields(first *nameplate) bool {
	return n.unfinished && n.marker > first.marker && n.reference == first.reference
}

// inUse reports whether there are devices that are not name plates.
func (n *nameplate) inUse() bool { return n.devices > n.plates }

// people returns the machine name of a marker.
func people(username, reference string) string {
	return provider.Markers{}.Mark(username, reference, "")
}

func digestOf(username, reference string, key provider.Secret) string {
	sum := sha256.Sum256([]byte(reference + "\x00" + username + "\x00" + key.Reveal()))
	return hex.EncodeToString(sum[:])[:digestLength]
}

// markerHash returns the hardware hash of a marker. A "~" tells a reference without a signature from a
// digest.
func markerHash(markers provider.Markers, reference string, key provider.Secret) string {
	inner := markers.Sign(reference, key.Reveal())
	if !strings.Contains(inner, "~") {
		inner += "~"
	}
	return platePrefix + key.Reveal() + "#" + inner
}

// splitPlate parses the hardware hash of a name plate; inner is what follows the key on a marker.
func splitPlate(hash string) (key provider.Secret, inner string, marker, is bool) {
	text, is := strings.CutPrefix(hash, platePrefix)
	text, inner, marker = strings.Cut(text, "#")
	return provider.NewSecret(text), inner, is && marker, is && text != ""
}

// plateSecrets returns the secrets in the hardware hash of a name plate, the license key and the
// hash itself; nil for other hashes.
func plateSecrets(hash string) []provider.Secret {
	if key, _, _, is := splitPlate(hash); is {
		return []provider.Secret{key, provider.NewSecret(hash)}
	}
	return nil
}

// prove returns the reference that what follows the key on a marker proves.
func prove(markers provider.Markers, key provider.Secret, inner, machine string) (reference string, state provider.Marker) {
	if strings.Contains(inner, "~") {
		return markers.Prove(key.Reveal(), inner)
	}
	username, claimed, _ := provider.Markers{}.Read(machine, "")
	if claimed != "" && markers.Unsigned() && inner == digestOf(username, claimed, key) {
		return claimed, provider.Marker{Outdated: markers.Signed()}
	}
	state = provider.Marker{Tampered: "its marker was not made by the holder of a marker key, or was changed"}
	if claimed != "" {
		state.Claims = []string{claimed}
	}
	return "", state
}

// readPlate returns the name plate among the devices of a license. Plates with another key than the
// license's, if that is known, were made for another license.
func readPlate(markers provider.Markers, license int64, own provider.Secret, devices []*Device) *nameplate {
	n := &nameplate{license: license, devices: len(devices), keys: make(map[provider.Secret]int64)}
	slices.SortFunc(devices, func(a, b *Device) int { return cmp.Compare(a.ID, b.ID) })
	var broken provider.Marker
	for _, d := range devices {
		key, inner, marker, is := splitPlate(d.HardwareHash)
		if !is {
			continue
		}
		n.plates++
		if _, known := n.keys[key]; !known && len(n.keys) < maxKeys {
			n.keys[key] = d.ID
		}
		username, _, _ := provider.Markers{}.Read(d.MachineName, "")
		if !marker {
			if n.key.IsZero() && (own.IsZero() || key == own) {
				n.key, n.username, n.device = key, username, d.ID
			}
			continue
		}
		reference, state := prove(markers, key, inner, d.MachineName)
		if state.Tampered == "" && !own.IsZero() && key != own {
			reference, state = "", provider.Marker{Tampered: "its marker was made for another license", Claims: []string{reference}}
		}
		switch {
		case state.Tampered != "":
			broken.Tampered = cmp.Or(broken.Tampered, state.Tampered)
			if len(broken.Claims) < maxKeys {
				broken.Claims = append(broken.Claims, state.Claims...)
			}
			if n.key.IsZero() {
				n.key, n.username, n.device = key, username, d.ID
			}
		case n.marker == 0 || n.state.Outdated && !state.Outdated:
			n.key, n.reference, n.state, n.marker, n.device, n.on = key, reference, state, d.ID, d.ID, d.Active
			n.username = cmp.Or(username, n.username)
			n.unfinished = d.Active && d.AppVersion == madeByCreate
		}
	}
	if n.marker == 0 {
		n.state = broken
	}
	if !own.IsZero() {
		n.key = own
	}
	n.unfinished = n.unfinished && !n.inUse() // a customer may have activated the marker
	return n
}

// devices reads the devices of a license.
func (p *Provider) devices(ctx context.Context, license int64) ([]*Device, error) {
	var devices []*Device
	for d, err := range adapter.Legible(p.client.Devices.List(ctx, license)) {
		if err != nil {
			if errors.Is(err, provider.ErrNotFound) {
				p.index.drop(license)
				p.seen.Drop(license)
			}
			return nil, err
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// look reads the devices of a license and remembers its name plate. If one of them cannot be read, it
// returns an empty plate beside the error: it is not known whose the license is.
//
// Where the license's key is known and no plate has it, or plates differ in it, the keys are looked up:
// the list may be that of another license, which is read again and not believed twice.
func (p *Provider) look(ctx context.Context, license int64) (*nameplate, error) {
	markers := p.client.license.Markers()
	for again := false; ; again = true {
		devices, err := p.devices(ctx, license)
		switch {
		case adapter.IsOdd(err):
			return &nameplate{license: license}, err
		case err != nil:
			return nil, err
		}
		own := p.index.key(license)
		n := readPlate(markers, license, own, devices)
		if _, there := n.keys[own]; !there && len(n.keys) > 0 && (!own.IsZero() || len(n.keys) > 1) {
			own, stray, err := p.ownKey(ctx, n)
			switch {
			case err != nil:
				return nil, err
			case !own.IsZero():
				n = readPlate(markers, license, own, devices)
			case stray && again:
				p.index.drop(license)
				return nil, strangeMarker(license)
			case stray:
				continue
			}
		}
		if err := p.index.add(n); err != nil {
			return nil, err
		}
		p.seen.Add(license)
		return n, nil
	}
}

// ownKey returns the key on the plates of a license that leads to the license. stray reports that a
// device is one of the license to which the key on it leads.
func (p *Provider) ownKey(ctx context.Context, n *nameplate) (own provider.Secret, stray bool, err error) {
	for _, key := range slices.SortedFunc(maps.Keys(n.keys), func(a, b provider.Secret) int { return cmp.Compare(n.keys[a], n.keys[b]) }) {
		l, err := p.client.Licenses.Info(ctx, key)
		switch {
		case errors.Is(err, provider.ErrNotFound):
		case err != nil:
			return own, stray, err
		case l.ID == n.license:
			p.index.own(n.license, key)
			return key, false, nil
		default:
			stray = stray || slices.ContainsFunc(l.Activations, func(a Activation) bool { return a.ID == n.keys[key] })
		}
	}
	return own, stray, nil
}

// lookFor is look for a license whose key is known.
func (p *Provider) lookFor(ctx context.Context, license int64, key provider.Secret) (*nameplate, error) {
	p.index.own(license, key)
	return p.look(ctx, license)
}

// disowned is the plate of a license whose marker was made for another one.
func (n *nameplate) disowned() *nameplate {
	other := &nameplate{license: n.license, devices: n.devices, plates: n.plates, username: n.username, device: n.device, state: n.state}
	if n.marker != 0 {
		other.state = provider.Marker{Tampered: "its marker was made for another license", Claims: []string{n.reference}}
	}
	return other
}

// strangeMarker is the error for a license whose list of devices, which does not name the license, has
// a marker that is not the license's own.
func strangeMarker(license int64) error {
	return &provider.Error{
		Provider: Kind, Op: devicesList.Op, Kind: provider.ErrProtocol,
		Message: words.Say("license %d is answered with a marker whose key is not the license's", license),
	}
}

// mark registers a marker, also in place of one that is outdated or not valid, and returns the name plate
// of the license: that of another order if its marker was first.
func (p *Provider) mark(ctx context.Context, license int64, key provider.Secret, username, reference, madeBy string) (*nameplate, error) {
	var n *nameplate
	look := func(ctx context.Context) (marked bool, err error) {
		n, err = p.lookFor(ctx, license, key)
		if errors.Is(err, provider.ErrNotFound) {
			return false, nil // it is new
		}
		return err == nil && n.marker != 0 && !n.state.Outdated, err
	}
	var denied error
	err := p.accounts.Confirm(ctx, func(ctx context.Context) error {
		_, err := p.client.Devices.Register(ctx, license, &DeviceRegisterRequest{
			HardwareHash: markerHash(p.client.license.Markers(), reference, key), MachineName: people(username, reference), AppVersion: madeBy,
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
