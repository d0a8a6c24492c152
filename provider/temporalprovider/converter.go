package temporalprovider

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// DataConverter returns Temporal's own converter, which refuses to encode a value with a secret: a
// provider.Secret anywhere in it, whose encoding is an error, or the value of one of these secrets, such as API
// keys, of at least 4 bytes, in any spelling that SECURITY.md names. Give it to client.Options. The texts
// of errors that functions of Config return are no payloads: keep secrets out of them.
func DataConverter(secrets ...provider.Secret) converter.DataConverter {
	var values []string
	for _, s := range secrets {
		values = append(values, s.Reveal())
	}
	return &refusing{converter.GetDefaultDataConverter(), words.NewCleaner(values...)}
}

type refusing struct {
	converter.DataConverter

	known *words.Cleaner
}

// ToPayload refuses what contains a known secret.
func (r *refusing) ToPayload(value any) (*commonpb.Payload, error) {
	payload, err := r.DataConverter.ToPayload(value)
	if err == nil {
		err = r.check(payload, value)
	}
	if err != nil {
		return nil, err
	}
	return payload, nil
}

// ToPayloads refuses what contains a known secret.
func (r *refusing) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	payloads, err := r.DataConverter.ToPayloads(values...)
	for i, payload := range payloads.GetPayloads() {
		if err == nil {
			err = r.check(payload, values[i])
		}
	}
	if err != nil {
		return nil, err
	}
	return payloads, nil
}

func (r *refusing) check(payload *commonpb.Payload, value any) error {
	if r.known.Quotes(string(payload.GetData())) {
		return fmt.Errorf("temporalprovider: a %T contains a secret, and is not sent to Temporal: %w", value, provider.ErrInvalid)
	}
	return nil
}
