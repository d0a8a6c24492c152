package keyhelp

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// CertificatesService manages certificates. Live dialect only.
type CertificatesService struct{ c *Client }

// Certificate is a stored certificate; private keys are not read back.
type Certificate struct {
	ID             int64
	Name           string
	SecuredDomains []string
	ValidTill      time.Time
	Issuer         string
}

// CertificateCreateRequest stores a certificate. All texts are PEM.
type CertificateCreateRequest struct {
	// Name is required.
	Name string
	// ClientID is the owner; 0 leaves it out.
	ClientID int64
	// PrivateKey and Certificate are required.
	PrivateKey    provider.Secret
	Certificate   string
	CACertificate string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// CertificateUpdateRequest replaces the texts of a certificate. nil leaves a part
// out; newer clients leave out the private key when it stays the same.
type CertificateUpdateRequest struct {
	Name          *string
	PrivateKey    *provider.Secret
	Certificate   *string
	CACertificate *string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// List reads all certificates: GET /api/v2/certificates.
func (s *CertificatesService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Certificate, error] {
	return list[Certificate, certificateWire](ctx, s.c, certificatesList, opts)
}

// Get reads a certificate: GET /api/v2/certificates/{id}.
func (s *CertificatesService) Get(ctx context.Context, id int64) (*Certificate, error) {
	return fetchID[Certificate, certificateWire](ctx, s.c, certificatesGet, id)
}

// GetByName reads a certificate: GET /api/v2/certificates/name/{name}. Known from
// one client's helper only.
func (s *CertificatesService) GetByName(ctx context.Context, name string) (*Certificate, error) {
	if err := certificatesGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Certificate, certificateWire](ctx, s.c, certificatesGetByName, name)
}

// Create stores a certificate and returns its ID: POST /api/v2/certificates.
func (s *CertificatesService) Create(ctx context.Context, req *CertificateCreateRequest) (int64, error) {
	if req == nil {
		return 0, certificatesCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	problems.Required("PrivateKey", string(req.PrivateKey))
	problems.Required("Certificate", req.Certificate)
	problems.NotNegative("ClientID", req.ClientID)
	if err := certificatesCreate.any().Refuse(quoted(req.Name), problems); err != nil {
		return 0, err
	}
	components := map[string]any{"private_key": req.PrivateKey.Reveal(), "certificate": req.Certificate}
	if req.CACertificate != "" {
		components["ca_certificate"] = req.CACertificate
	}
	fields := map[string]any{"name": req.Name, "components": components}
	if req.ClientID > 0 {
		fields["id_user"] = req.ClientID
	}
	return s.c.create(ctx, certificatesCreate, quoted(req.Name), withExtra(fields, req.Extra), req.PrivateKey)
}

// UpdateByName replaces a certificate: PUT /api/v2/certificates/name/{name}. An
// unknown name is provider.ErrNotFound: create it then.
func (s *CertificatesService) UpdateByName(ctx context.Context, name string, req *CertificateUpdateRequest) error {
	if err := certificatesUpdateByName.any().RefuseBlank("name", name); err != nil {
		return err
	}
	if req == nil {
		return certificatesUpdateByName.any().RefuseNil()
	}
	var problems provider.Problems
	problems.NotEmpty("Name", req.Name)
	problems.NotEmpty("PrivateKey", (*string)(req.PrivateKey))
	problems.NotEmpty("Certificate", req.Certificate)
	if err := certificatesUpdateByName.any().Refuse(quoted(name), problems); err != nil {
		return err
	}
	fields := make(map[string]any)
	components := make(map[string]any)
	var key provider.Secret
	if req.Name != nil {
		fields["name"] = *req.Name
	}
	if req.PrivateKey != nil {
		key = *req.PrivateKey
		components["private_key"] = key.Reveal()
	}
	if req.Certificate != nil {
		components["certificate"] = *req.Certificate
	}
	if req.CACertificate != nil {
		components["ca_certificate"] = *req.CACertificate
	}
	if len(components) > 0 {
		fields["components"] = components
	}
	return s.c.change(ctx, certificatesUpdateByName, name, withExtra(fields, req.Extra), key)
}

type certificateWire struct {
	ID             int64     `json:"id"`
	Name           string    `json:"name"`
	SecuredDomains []string  `json:"secured_domains"`
	ValidTill      timestamp `json:"valid_till"`
	Issuer         text      `json:"issuer"`
}

func (w *certificateWire) Missing() string { return missingID(w.ID) }

func (w *certificateWire) model() *Certificate {
	return &Certificate{ID: w.ID, Name: w.Name, SecuredDomains: w.SecuredDomains, ValidTill: w.ValidTill.Time, Issuer: string(w.Issuer)}
}
