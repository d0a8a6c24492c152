package elizon

import (
	"context"
	"io"

	"github.com/provkit/provkit/provider"
)

// ExportData writes all personal data of the account, a PDF or a text, to w as it arrives: GET
// /api/user/gdpr-export (method inferred, it may be POST). limit is the maximum size in bytes; 0 is
// DefaultDownloadLimit. After an error, w may contain a part of it.
func (s *UserService) ExportData(ctx context.Context, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(userExport), w, limit)
}

// DeletionWarnings returns what argues against deleting the account: DELETE /api/user/gdpr-export,
// without arguments. The vendor's programs use it on the assumption that this deletes nothing; the
// reference says that the endpoint deletes the account.
func (s *UserService) DeletionWarnings(ctx context.Context) ([]string, error) {
	answer, err := fetchHaving[struct {
		Warnings []string `wire:"warnings"`
	}](ctx, s.c.ask(userDeletionWarnings), "warnings")
	if err != nil {
		return nil, err
	}
	return answer.Warnings, nil
}

// AccountDeleteRequest deletes the account.
type AccountDeleteRequest struct {
	Password provider.Secret `wire:"password,required"`
	// Irrevocable must be true. It confirms that the caller means to lose the account and
	// everything in it.
	Irrevocable bool
	// Extra fields, sent as they are; secrets in them are revealed.
	Extra map[string]any `wire:",extra"`
}

// DeleteAccountForGood deletes the account that the credentials belong to, with all its services
// and data: DELETE /api/user/gdpr-export with confirm=true. This cannot be undone. See
// DeletionWarnings first.
func (s *UserService) DeleteAccountForGood(ctx context.Context, req *AccountDeleteRequest) error {
	r := s.c.ask(userDelete).arg("confirm", "true").with(req)
	if req != nil && !req.Irrevocable {
		r.problem("Irrevocable", "must be true: the account cannot be brought back")
	}
	return done(ctx, r)
}
