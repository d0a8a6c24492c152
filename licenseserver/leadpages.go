package licenseserver

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/url"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Page is an answer of the panel's web pages about leads. Their content, and where forms redirect
// to, is undocumented.
type Page struct {
	StatusCode  int
	ContentType string
	// Location is where the panel redirects to after a form; "" if it does not. A redirect to the
	// login page means that the caller is not signed in. The URL of that page is undocumented, so
	// the caller must recognize it.
	Location provider.Secret
	// HTML is the page. Forms contain tokens against forgery, so it is not printed.
	HTML provider.Secret
}

// OverviewPage reads the page of all leads: GET /leads/.
func (s *LeadsService) OverviewPage(ctx context.Context) (*Page, error) {
	return s.page(ctx, leadsOverview, &rest.Call{})
}

// CreatePage reads the form of a new lead: GET /leads/create.
func (s *LeadsService) CreatePage(ctx context.Context) (*Page, error) {
	return s.page(ctx, leadsCreatePage, &rest.Call{})
}

// Create sends the form of a new lead: POST /leads/create. Its fields are undocumented; CreatePage
// shows them. If the form contains a token against forgery, the caller must copy it from there.
func (s *LeadsService) Create(ctx context.Context, form url.Values) (*Page, error) {
	return s.submit(ctx, leadsCreate, nil, form)
}

// EditPage reads the form of a lead: GET /leads/edit/{lead_id}.
func (s *LeadsService) EditPage(ctx context.Context, leadID int64) (*Page, error) {
	if err := leadsEditPage.RefuseID("leadID", leadID); err != nil {
		return nil, err
	}
	return s.page(ctx, leadsEditPage, &rest.Call{Args: []string{idText(leadID)}, Subject: idText(leadID)})
}

// Update sends the form of a lead: POST /leads/update/{lead_id}. Its fields are undocumented;
// EditPage shows them.
func (s *LeadsService) Update(ctx context.Context, leadID int64, form url.Values) (*Page, error) {
	if err := leadsUpdate.RefuseID("leadID", leadID); err != nil {
		return nil, err
	}
	return s.submit(ctx, leadsUpdate, []string{idText(leadID)}, form)
}

// Delete removes a lead: POST /leads/delete/{lead_id}. form may be nil; whether a field is required
// is undocumented.
func (s *LeadsService) Delete(ctx context.Context, leadID int64, form url.Values) (*Page, error) {
	if err := leadsDelete.RefuseID("leadID", leadID); err != nil {
		return nil, err
	}
	if form == nil {
		form = url.Values{}
	}
	return s.submit(ctx, leadsDelete, []string{idText(leadID)}, form)
}

// DefaultExportLimit is the default limit of an exported file, in bytes.
const DefaultExportLimit = 256 << 20

// ExportedFile describes a file that Export wrote.
type ExportedFile struct {
	// ContentType and Name are the ones that the server reports; "" if it does not. Do not use Name
	// as a path.
	ContentType, Name string
	// Bytes is how many bytes were written.
	Bytes int64
}

// Export writes the file of all leads to w as it arrives: GET /leads/export. Its format is
// undocumented. limit is the greatest length in bytes, 0 means DefaultExportLimit; for a longer
// file the error matches provider.ErrProtocol. After an error w may have received a part of the
// file. A redirect or a web page instead of a file is an error: most likely the caller is not
// signed in.
func (s *LeadsService) Export(ctx context.Context, w io.Writer, limit int64) (*ExportedFile, error) {
	var problems provider.Problems
	if w == nil {
		problems.Add("w", "nil")
	}
	problems.NotNegative("limit", limit)
	if err := leadsExport.Refuse("", problems); err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = DefaultExportLimit
	}
	file := &ExportedFile{}
	count := &countingWriter{w: w}
	err := s.c.call(ctx, leadsExport, &rest.Call{MaxBody: limit, Sink: func(a *rest.Answer) (io.Writer, error) {
		file.ContentType = a.Header.Get("Content-Type")
		if isPage(file.ContentType) {
			return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the server answered with a web page, not with a file: sign in to the panel"}
		}
		if _, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err == nil {
			file.Name = params["filename"]
		}
		return count, nil
	}})
	if err != nil {
		return nil, err
	}
	file.Bytes = count.n
	return file, nil
}

// Import sends a file of leads as it is read: POST /leads/import. Format and type are undocumented:
// contentType and body are sent unchanged, so the caller must encode a form with a file
// (mime/multipart). It is never retried.
func (s *LeadsService) Import(ctx context.Context, contentType string, body io.Reader) (*Page, error) {
	var problems provider.Problems
	if _, _, err := mime.ParseMediaType(contentType); err != nil {
		problems.Add("contentType", "not a media type")
	}
	if body == nil {
		problems.Add("body", "nil")
	}
	if err := leadsImport.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.page(ctx, leadsImport, &rest.Call{Redirects: true, Body: &rest.Stream{ContentType: contentType, Reader: body}})
}

func (s *LeadsService) submit(ctx context.Context, op operation, args []string, form url.Values) (*Page, error) {
	if form == nil {
		return nil, op.Refuse("", provider.Problems{"form": "nil"})
	}
	call := &rest.Call{Args: args, Body: form, Redirects: true}
	if len(args) > 0 {
		call.Subject = args[0]
	}
	return s.page(ctx, op, call)
}

func (s *LeadsService) page(ctx context.Context, op operation, call *rest.Call) (*Page, error) {
	var p pageDecoder
	call.Out = &p
	if err := s.c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return &p.page, nil
}

type pageDecoder struct{ page Page }

// DecodeAnswer keeps a page unchanged. The answer to a form may be empty.
func (p *pageDecoder) DecodeAnswer(a *rest.Answer) error {
	p.page = Page{
		StatusCode: a.Status, ContentType: a.Header.Get("Content-Type"), Location: provider.NewSecret(a.Header.Get("Location")),
		HTML: provider.NewSecret(string(a.Body)),
	}
	if a.Endpoint.Effect != rest.Read {
		return nil
	}
	switch {
	case len(a.Body) == 0:
		return errors.New("no body")
	case !isPage(p.page.ContentType):
		return errors.New("not a web page")
	}
	return nil
}

func isPage(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "text/html" || media == "application/xhtml+xml")
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
