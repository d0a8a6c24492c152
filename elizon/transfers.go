package elizon

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// fileSink passes a file on to the caller's writer. JSON is never a file here: it is a refusal with
// the status of a success, or an unexpected answer.
type fileSink struct {
	w    io.Writer
	page bool // a web page is expected
	file Download
	json *jsonSink
	code int
}

func (s *fileSink) open(a *rest.Answer) (io.Writer, error) {
	s.file, s.code = Download{ContentType: a.Header.Get("Content-Type")}, a.Status
	media, _, _ := mime.ParseMediaType(s.file.ContentType)
	switch {
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		s.json = &jsonSink{answer: *a}
		return s.json, nil
	case !s.page && (media == "text/html" || media == "application/xhtml+xml"):
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the server answered with a web page instead of a file"}
	case a.Status == statusNoContent:
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the server answered without a file"}
	}
	if _, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err == nil {
		s.file.Name = params["filename"]
	}
	return s, nil
}

func (s *fileSink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.file.Bytes += int64(n)
	return n, err
}

// close reports what is only known once the whole body has arrived.
func (s *fileSink) close() *provider.Error {
	switch {
	case s.json != nil:
		return &provider.Error{Kind: provider.ErrProtocol, StatusCode: s.code, Message: notAFile}
	case s.file.Bytes == 0:
		return &provider.Error{Kind: provider.ErrProtocol, StatusCode: s.code, Message: "the server answered with an empty file"}
	}
	return nil
}

const (
	notAFile = "the server answered with JSON instead of a file"
	// maxRefusal is the maximum size in bytes of a refusal in place of a file.
	maxRefusal = 64 << 10
)

// jsonSink reads a refusal that came in place of a file.
type jsonSink struct {
	answer rest.Answer
	body   bytes.Buffer
}

func (s *jsonSink) Write(p []byte) (int, error) {
	s.body.Write(p)
	if !json.Valid(s.body.Bytes()) {
		if s.body.Len() <= maxRefusal {
			return len(p), nil
		}
		return 0, &provider.Error{Kind: provider.ErrProtocol, Message: notAFile}
	}
	s.answer.Body = s.body.Bytes()
	if err := classify(&s.answer); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Upload is a file to send. It is read once, while it is sent, and never sent twice.
type Upload struct {
	// Field is the name of the form's field; "" is "file". If the name is undocumented, the method
	// says so.
	Field string
	// Name is the file's name that is sent to the server. It is required.
	Name string
	// ContentType is the file's media type; "" is application/octet-stream.
	ContentType string
	// Body is the file's content. It is not closed.
	Body io.Reader
}

var quotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A")

// upload sends a form with texts and files, which are sent as they are read.
func (r *request) upload(texts map[string]string, files ...Upload) *request {
	r.problems.Some("files", len(files))
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	// Writing to a bytes.Buffer cannot fail: there are no errors to check.
	for name, value := range texts {
		_ = parts.WriteField(name, value)
	}
	var readers []io.Reader
	for _, file := range files {
		r.problems.Required("Name", file.Name)
		if file.Body == nil {
			r.problems.Add("Body", "nil")
			continue
		}
		field, media := file.Field, file.ContentType
		if field == "" {
			field = "file"
		}
		if media == "" {
			media = "application/octet-stream"
		}
		if _, _, err := mime.ParseMediaType(media); err != nil {
			r.problems.Add("ContentType", "not a media type")
			continue
		}
		_, _ = parts.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + quotes.Replace(field) + `"; filename="` + quotes.Replace(file.Name) + `"`},
			"Content-Type":        {media},
		})
		readers = append(readers, bytes.NewReader(bytes.Clone(form.Bytes())), file.Body)
		form.Reset()
	}
	_ = parts.Close()
	readers = append(readers, &form)
	r.call.Body = &rest.Stream{ContentType: parts.FormDataContentType(), Reader: io.MultiReader(readers...)}
	return r
}
