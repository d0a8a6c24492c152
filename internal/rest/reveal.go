package rest

import (
	"encoding/json"

	"github.com/provkit/provkit/provider"
)

// reveal returns a body with the secrets and the payloads that its maps and lists contain as they are
// sent: what callers add to a request is a map, and prints. Secrets in other types are an error when
// they are encoded. The caller's maps stay as they are.
func (x *exchange) reveal(body any) any {
	switch v := body.(type) {
	case provider.Secret:
		x.revealed = append(x.revealed, v)
		return v.Reveal()
	case provider.Payload:
		if v.IsZero() {
			return nil
		}
		return json.RawMessage(v.Reveal())
	case map[string]any:
		if v == nil {
			break
		}
		plain := make(map[string]any, len(v))
		for name, value := range v {
			plain[name] = x.reveal(value)
		}
		return plain
	case []any:
		if v == nil {
			break
		}
		plain := make([]any, len(v))
		for i, value := range v {
			plain[i] = x.reveal(value)
		}
		return plain
	}
	return body
}
