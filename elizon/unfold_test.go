package elizon_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// unfold shows a form with files to the fixtures as JSON: its boundary is random.
type unfold struct{ inner http.RoundTripper }

func (u unfold) RoundTrip(req *http.Request) (*http.Response, error) {
	media, params, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		return u.inner.RoundTrip(req)
	}
	type file struct {
		Field   string `json:"field"`
		Name    string `json:"name"`
		Type    string `json:"type"`
		Content string `json:"content"`
	}
	form := struct {
		Texts map[string]string `json:"texts"`
		Files []file            `json:"files"`
	}{Texts: map[string]string{}}
	for parts := multipart.NewReader(req.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FileName() == "" {
			form.Texts[part.FormName()] = string(content)
			continue
		}
		form.Files = append(form.Files, file{part.FormName(), part.FileName(), part.Header.Get("Content-Type"), string(content)})
	}
	body, err := json.Marshal(form)
	if err != nil {
		return nil, err
	}
	shown := req.Clone(req.Context())
	shown.Header.Set("Content-Type", "application/json")
	shown.Body = io.NopCloser(bytes.NewReader(body))
	return u.inner.RoundTrip(shown)
}
