package emulator

import (
	"bytes"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// ReadForm returns the parameters of a request as a program in PHP finds them, wherever a client puts
// them: those of the query and, in a POST, those of a body that is urlencoded or multipart, which win.
// Pairs that cannot be decoded, and files, are left out, as PHP does. Its error is a *BodyError.
func ReadForm(r *http.Request) (url.Values, error) {
	form := r.URL.Query()
	if r.Method != http.MethodPost {
		return form, nil
	}
	data, err := ReadBody(r)
	if err != nil {
		return nil, err
	}
	var posted url.Values
	switch kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "application/x-www-form-urlencoded":
		posted, _ = url.ParseQuery(string(data))
	case "multipart/form-data":
		posted = readParts(data, params["boundary"])
	}
	maps.Copy(form, posted)
	return form, nil
}

// readParts returns the parts of a multipart body up to the first that cannot be read.
func readParts(body []byte, boundary string) url.Values {
	form := make(url.Values)
	if boundary == "" {
		return form
	}
	for reader := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := reader.NextPart()
		if err != nil {
			return form
		}
		value, err := io.ReadAll(part)
		if err == nil && part.FileName() == "" && part.FormName() != "" {
			form.Add(part.FormName(), string(value))
		}
	}
}
