package keyhelp

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// CertificatesService manages certificates. Live dialect only.
type CertificatesService struct{ c *Client }

// Certificate is a stored certificate, without its private key, which is not read back.
type Certificate struct {
	ID             int64     `wire:"id,positive,identity"`
	Name           string    `wire:"name,name"`
	SecuredDomains []string  `wire:"secured_domains"`
	ValidTill      time.Time `wire:"valid_till,end"`
	Issuer         string    `wire:"issuer,loose"`
}

// CertificateCreateRequest describes a new certificate. Keys and certificates are PEM.
type CertificateCreateRequest struct {
	// Name is required.
	Name string `wire:"name"`
	// ClientID is the owner; 0 is not sent.
	ClientID int64 `wire:"id_user"`
	// PrivateKey and Certificate are required.
	PrivateKey    provider.Secret `wire:"components.private_key"`
	Certificate   string          `wire:"components.certificate"`
	CACertificate string          `wire:"components.ca_certificate"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// CertificateUpdateRequest replaces the parts of a certificate. A nil part is not sent; newer
// clients leave out the private key when it stays the same.
type CertificateUpdateRequest struct {
	Name          *string          `wire:"name"`
	PrivateKey    *provider.Secret `wire:"components.private_key"`
	Certificate   *string          `wire:"components.certificate"`
	CACertificate *string          `wire:"components.ca_certificate"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// List reads all certificates: GET /api/v2/certificates.
func (s *CertificatesService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Certificate, error] {
	return list[Certificate](ctx, s.c, certificatesList, opts)
}

// Get reads a certificate: GET /api/v2/certificates/{id}.
func (s *CertificatesService) Get(ctx context.Context, id int64) (*Certificate, error) {
	return fetchID[Certificate](ctx, s.c, certificatesGet, id)
}

// GetByName reads a certificate: GET /api/v2/certificates/name/{name}. Known from one client's
// helper only.
func (s *CertificatesService) GetByName(ctx context.Context, name string) (*Certificate, error) {
	if err := certificatesGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Certificate](ctx, s.c, certificatesGetByName, name)
}

// Create stores a certificate and returns its ID: POST /api/v2/certificates.
func (s *CertificatesService) Create(ctx context.Context, req *CertificateCreateRequest) (int64, error) {
	if req == nil {
		return 0, certificatesCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	problems.Required("PrivateKey", req.PrivateKey.Reveal())
	problems.Required("Certificate", req.Certificate)
	problems.NotNegative("ClientID", req.ClientID)
	if err := certificatesCreate.any().Refuse(quoted(req.Name), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, certificatesCreate, req.Name, req)
}

// UpdateByName replaces a certificate: PUT /api/v2/certificates/name/{name}. For an unknown name
// the error matches provider.ErrNotFound: create the certificate then.
func (s *CertificatesService) UpdateByName(ctx context.Context, name string, req *CertificateUpdateRequest) error {
	if err := certificatesUpdateByName.any().RefuseBlank("name", name); err != nil {
		return err
	}
	if req == nil {
		return certificatesUpdateByName.any().RefuseNil()
	}
	var problems provider.Problems
	problems.NotEmpty("Name", req.Name)
	problems.NotEmptySecret("PrivateKey", req.PrivateKey)
	problems.NotEmpty("Certificate", req.Certificate)
	if err := certificatesUpdateByName.any().Refuse(quoted(name), problems); err != nil {
		return err
	}
	return s.c.change(ctx, certificatesUpdateByName, name, req)
}
