package hostkey

import (
	"context"
	"iter"
	"net/url"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var (
	isoAdd      = act("iso", "add", "ISO.Add", "add ISO image", ClassWrite)
	isoDelete   = act("iso", "delete", "ISO.Delete", "delete ISO image", ClassDestroy)
	isoList     = act("iso", "list_iso", "ISO.List", "list ISO images", ClassRead)
	isoMount    = act("iso", "mount_iso", "ISO.Mount", "mount ISO image on server", ClassWrite)
	isoUnmount  = act("iso", "unmount_iso", "ISO.Unmount", "unmount ISO image from server", ClassWrite)
	isoUpload   = act("iso", "upload", "ISO.Upload", "upload ISO image", ClassWrite)
	isoUploaded = act("iso", "uploaded", "ISO.Uploaded", "list uploaded ISO images", ClassRead)
	isoDel      = act("iso", "del", "ISO.Del", "delete ISO image by del", ClassDestroy)
	isoHistory  = act("iso", "history", "ISO.History", "get history of ISO images", ClassRead)
	isoUpdate   = act("iso", "update", "ISO.Update", "change ISO image", ClassWrite)
)

// ISOService manages ISO images and the drives of servers.
type ISOService struct{ c *Client }

// ISOAddRequest adds an image, or changes the one with that name.
type ISOAddRequest struct {
	// Name, ShortName and ISOName, the name of the file, are required.
	Name      string `url:"name"`
	ShortName string `url:"short_name"`
	ISOName   string `url:"iso_name"`
	// Private hides it from other customers. It is always sent.
	Private     bool   `url:"private,int"`
	Description string `url:"description,omitempty"`
	// AdminOnly: nil is the server's default.
	AdminOnly *bool `url:"admin_only,int,omitempty"`
	// Status: its values are undocumented.
	Status string `url:"status,omitempty"`
	// Extra fields of params, sent as they are.
	Extra map[string]any `url:"-"`
}

// ISO is an ISO image.
type ISO struct {
	ID          int64  `wire:"id,positive"`
	Name        string `wire:"name,name"`
	ShortName   string `wire:"short_name"`
	ISOName     string `wire:"iso_name"`
	Private     bool   `wire:"private,loose"`
	AdminOnly   bool   `wire:"admin_only,loose"`
	Description string `wire:"description"`
	Status      string `wire:"status"`
}

// ISOListRequest selects the server whose images are listed.
type ISOListRequest struct {
	// ServerID is required for the keys of customers.
	ServerID int64 `url:"server_id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// ISOMountRequest mounts an image in the drive of a server.
type ISOMountRequest struct {
	// ServerID is required, and one of ISOID and Name: what a call without both would mount is
	// undocumented.
	ServerID int64  `url:"id"`
	ISOID    int64  `url:"iso_id,omitempty"`
	Name     string `url:"name,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// ISOUploadRequest makes the server fetch an image.
type ISOUploadRequest struct {
	// URL of the file. Required.
	URL  string `url:"url"`
	Name string `url:"name,omitempty"`
	// Email is the address that is notified at the end; "" is not sent.
	Email      string `url:"email,omitempty"`
	CustomerID int64  `url:"customer_id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Add adds an image, or changes the one with that name: POST /iso.php, action add. It takes a right of its
// own; Upload is for everybody.
func (s *ISOService) Add(ctx context.Context, req *ISOAddRequest) (*ISO, error) {
	if req == nil {
		return nil, isoAdd.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	problems.Required("ShortName", req.ShortName)
	problems.Required("ISOName", req.ISOName)
	call, _, err := paramsOf(isoAdd, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	added, err := fetch[struct {
		Name string `wire:"data.name,name"`
		ISO  *ISO   `wire:"data,required"`
	}](ctx, s.c, isoAdd, call)
	if err != nil {
		return nil, err
	}
	return added.ISO, nil
}

// Delete removes an image: POST /iso.php, action delete. It is for staff; a customer's key is probably
// refused with provider.ErrForbidden.
func (s *ISOService) Delete(ctx context.Context, id int64) (*Ack, error) {
	call, err := byID(isoDelete, id, nil)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, isoDelete, call)
}

// List lists the images that a server can mount: POST /iso.php, action list_iso. That they have the
// fields of Add's answer is inferred. req may be nil for keys of staff.
func (s *ISOService) List(ctx context.Context, req *ISOListRequest) iter.Seq2[*ISO, error] {
	if req == nil {
		req = new(ISOListRequest)
	}
	var problems provider.Problems
	problems.NotNegative("ServerID", req.ServerID)
	call, _, err := formOf(isoList, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return rest.Failed[ISO](err)
	}
	return elements[ISO](ctx, s.c, isoList, call, "data")
}

// Mount mounts an image in the drive of a server, in the background: POST /iso.php, action
// mount_iso.
func (s *ISOService) Mount(ctx context.Context, req *ISOMountRequest) (*Ack, error) {
	if req == nil {
		return nil, isoMount.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	problems.NotNegative("ISOID", req.ISOID)
	if req.ISOID == 0 && req.Name == "" {
		problems.Add("ISOID", "required, or Name")
	}
	call, _, err := formOf(isoMount, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, isoMount, call)
}

// Unmount unmounts the image in the drive of a server, in the background: POST /iso.php, action
// unmount_iso.
func (s *ISOService) Unmount(ctx context.Context, serverID int64) (*Ack, error) {
	call, err := byID(isoUnmount, serverID, nil)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, isoUnmount, call)
}

// Upload makes the server fetch an image from a URL: POST /iso.php, action upload. The answer is
// undocumented.
func (s *ISOService) Upload(ctx context.Context, req *ISOUploadRequest) (*Ack, error) {
	if req == nil {
		return nil, isoUpload.RefuseNil()
	}
	var problems provider.Problems
	u, err := url.Parse(req.URL)
	if err != nil || u.Scheme == "" || u.Host == "" {
		problems.Add("URL", "must be an absolute URL") // not quoted, since it may contain a password
	}
	problems.NotNegative("CustomerID", req.CustomerID)
	call, _, err := formOf(isoUpload, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	call.HiddenFields = []string{"url"}
	return s.c.ack(ctx, isoUpload, call)
}

// Uploaded lists uploaded images: POST /iso.php, action uploaded. The answer is undocumented.
func (s *ISOService) Uploaded(ctx context.Context) (provider.Payload, error) {
	return s.c.unknown(ctx, isoUploaded, new(rest.Call))
}

// Del is POST /iso.php, action del. Only its name is known: fields and answer are undocumented. Use
// Delete, which is documented.
func (s *ISOService) Del(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, isoDel, extra)
}

// History is POST /iso.php, action history. Only its name is known: fields and answer are
// undocumented.
func (s *ISOService) History(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, isoHistory, extra)
}

// Update is POST /iso.php, action update. Only its name is known: fields and answer are
// undocumented.
func (s *ISOService) Update(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, isoUpdate, extra)
}
