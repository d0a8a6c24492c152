package hostkey

import (
	"context"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Accounts are ordered and billed. Answers may contain keys of the storage.
var (
	s3CancelDeletion = act("s3", "cancel_payment_account_deletion", "S3.CancelPaymentAccountDeletion", "withdraw cancellation of S3 account", ClassWrite)
	s3CreateAccount  = act("s3", "create_account", "S3.CreateAccount", "order S3 account", ClassOrder).sensitive()
	s3CreateOrder    = act("s3", "create_order", "S3.CreateOrder", "order S3 account with bucket", ClassOrder).sensitive()
	s3DeleteAccount  = act("s3", "delete_account", "S3.DeleteAccount", "delete S3 account", ClassDestroy)
	s3DeletePayment  = act("s3", "delete_payment_account", "S3.DeletePaymentAccount", "cancel S3 account", ClassDestroy)
	s3ListPlans      = act("s3", "list_plans", "S3.ListPlans", "list S3 plans", ClassRead)
	s3Users          = act("s3", "get_users", "S3.Users", "list S3 users", ClassRead).sensitive()
	s3Locations      = act("s3", "get_available_locations", "S3.AvailableLocations", "list S3 locations", ClassRead)
	s3ShowKey        = act("s3", "show_key", "S3.ShowKey", "show key of S3 account", ClassRead).sensitive()
	s3History        = act("s3", "history", "S3.History", "get history of S3 plan", ClassRead)
	s3UpdateTraffic  = act("s3", "update_traffic_info", "S3.UpdateTrafficInfo", "update traffic of S3 account", ClassWrite)

	s3CreateBucket  = act("s3", "create_bucket", "S3.CreateBucket", "create bucket", ClassWrite)
	s3DeleteBucket  = act("s3", "delete_bucket", "S3.DeleteBucket", "delete bucket", ClassDestroy)
	s3GetBuckets    = act("s3", "get_buckets", "S3.GetBuckets", "list buckets", ClassRead).sensitive()
	s3GetBucketsRMQ = act("s3", "get_buckets_rmq", "S3.GetBucketsRMQ", "list buckets by queue", ClassRead).sensitive()
	s3Files         = act("s3", "get_files", "S3.Files", "list files of bucket", ClassRead)
	s3DeleteFile    = act("s3", "delete_file", "S3.DeleteFile", "delete file of bucket", ClassDestroy)
)

// S3Service manages object storage. An account is identified by its s3uid. The fields and answers
// of most actions are undocumented: their methods take a map of fields.
type S3Service struct{ c *Client }

// S3AccountCreateRequest orders an account.
type S3AccountCreateRequest struct {
	// PlanID and BucketName are required.
	PlanID     int64  `url:"plan_id"`
	BucketName string `url:"bucket_name"`
	// Location is a code; "" is the server's default, NL.
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3Account is a new account.
type S3Account struct {
	// UID is the s3uid that other calls take.
	UID string `wire:"s3uid,required"`
}

// S3OrderCreateRequest orders an account with a bucket. Its fields are undocumented except for
// their names.
type S3OrderCreateRequest struct {
	// PlanID: 0 is not sent.
	PlanID   int64  `url:"plan_id,omitempty"`
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3PlanListOptions filter plans. The zero value lists all.
type S3PlanListOptions struct {
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3UserListOptions filter users. The zero value lists all.
type S3UserListOptions struct {
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields: the reference mentions filters for plan, e-mail address, billing and s3uid,
	// whose names are undocumented.
	Extra map[string]any `url:"-"`
}

// S3TrafficUpdateRequest selects the account whose traffic is updated.
type S3TrafficUpdateRequest struct {
	// AccountID: 0 is not sent.
	AccountID int64 `url:"account_id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// CreateAccount orders an account, which is billed: POST /s3.php, action create_account. It is sent
// once.
func (s *S3Service) CreateAccount(ctx context.Context, req *S3AccountCreateRequest) (*S3Account, error) {
	if req == nil {
		return nil, s3CreateAccount.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("PlanID", req.PlanID)
	problems.Required("BucketName", req.BucketName)
	checkLocation(&problems, "Location", req.Location)
	call, _, err := formOf(s3CreateAccount, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[S3Account](ctx, s.c, s3CreateAccount, call)
}

// CreateOrder orders an account with a bucket, which is billed: POST /s3.php, action create_order.
// It is sent once. Which fields are required, and the answer, are undocumented.
func (s *S3Service) CreateOrder(ctx context.Context, req *S3OrderCreateRequest) (provider.Payload, error) {
	if req == nil {
		return provider.Payload{}, s3CreateOrder.RefuseNil()
	}
	var problems provider.Problems
	problems.NotNegative("PlanID", req.PlanID)
	checkLocation(&problems, "Location", req.Location)
	call, form, err := formOf(s3CreateOrder, problems, "", req, req.Extra)
	if err != nil {
		return provider.Payload{}, err
	}
	if len(form) == 0 {
		return provider.Payload{}, s3CreateOrder.Refuse("", provider.Problems{"request": "is empty"})
	}
	return s.c.unknown(ctx, s3CreateOrder, call)
}

// DeleteAccount removes an account and everything in it: POST /s3.php, action delete_account.
// Further fields and the answer are undocumented.
func (s *S3Service) DeleteAccount(ctx context.Context, s3uid string, extra map[string]any) (provider.Payload, error) {
	return s.byUID(ctx, s3DeleteAccount, s3uid, extra)
}

// DeletePaymentAccount cancels the service of an account, which is then removed: POST /s3.php,
// action delete_payment_account. The answer is undocumented.
func (s *S3Service) DeletePaymentAccount(ctx context.Context, s3uid string) (provider.Payload, error) {
	return s.byUID(ctx, s3DeletePayment, s3uid, nil)
}

// CancelPaymentAccountDeletion undoes DeletePaymentAccount: POST /s3.php, action
// cancel_payment_account_deletion. The answer is undocumented.
func (s *S3Service) CancelPaymentAccountDeletion(ctx context.Context, s3uid string) (provider.Payload, error) {
	return s.byUID(ctx, s3CancelDeletion, s3uid, nil)
}

// ListPlans lists the plans that can be ordered: POST /s3.php, action list_plans. The answer is
// undocumented. opts may be nil.
func (s *S3Service) ListPlans(ctx context.Context, opts *S3PlanListOptions) (provider.Payload, error) {
	if opts == nil {
		opts = new(S3PlanListOptions)
	}
	return s.filtered(ctx, s3ListPlans, opts.Location, opts, opts.Extra)
}

// Users lists the users with their traffic and storage: POST /s3.php, action get_users. The answer
// is undocumented. opts may be nil.
func (s *S3Service) Users(ctx context.Context, opts *S3UserListOptions) (provider.Payload, error) {
	if opts == nil {
		opts = new(S3UserListOptions)
	}
	return s.filtered(ctx, s3Users, opts.Location, opts, opts.Extra)
}

// AvailableLocations lists the locations that have storage: POST /s3.php, action
// get_available_locations. The answer is undocumented.
func (s *S3Service) AvailableLocations(ctx context.Context) (provider.Payload, error) {
	return s.c.unknown(ctx, s3Locations, new(rest.Call))
}

// ShowKey reads a key of an account: POST /s3.php, action show_key. Fields and answer are
// undocumented; the answer is a secret.
func (s *S3Service) ShowKey(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3ShowKey, extra)
}

// History lists the events of a plan: POST /s3.php, action history. Fields and answer are
// undocumented.
func (s *S3Service) History(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3History, extra)
}

// UpdateTrafficInfo is POST /s3.php, action update_traffic_info, for staff. The answer is
// undocumented. req may be nil.
func (s *S3Service) UpdateTrafficInfo(ctx context.Context, req *S3TrafficUpdateRequest) (provider.Payload, error) {
	if req == nil {
		req = new(S3TrafficUpdateRequest)
	}
	var problems provider.Problems
	problems.NotNegative("AccountID", req.AccountID)
	call, _, err := formOf(s3UpdateTraffic, problems, about(req.AccountID), req, req.Extra)
	if err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, s3UpdateTraffic, call)
}

// CreateBucket adds a bucket to an account: POST /s3.php, action create_bucket. The field for its
// name, and the answer, are undocumented.
func (s *S3Service) CreateBucket(ctx context.Context, s3uid string, extra map[string]any) (provider.Payload, error) {
	return s.byUID(ctx, s3CreateBucket, s3uid, extra)
}

// DeleteBucket removes a bucket: POST /s3.php, action delete_bucket. Fields and answer are
// undocumented.
func (s *S3Service) DeleteBucket(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3DeleteBucket, extra)
}

// GetBuckets is POST /s3.php, action get_buckets, which is switched off on the server: use
// GetBucketsRMQ.
func (s *S3Service) GetBuckets(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3GetBuckets, extra)
}

// GetBucketsRMQ lists buckets with their use and keys, by a queue: POST /s3.php, action
// get_buckets_rmq. Fields and answer are undocumented; if the answer names a "callback", that task
// returns the list.
func (s *S3Service) GetBucketsRMQ(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3GetBucketsRMQ, extra)
}

// Files lists the files of a bucket, in pages: POST /s3.php, action get_files. Fields and answer
// are undocumented.
func (s *S3Service) Files(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3Files, extra)
}

// DeleteFile removes a file from a bucket: POST /s3.php, action delete_file. Fields and answer are
// undocumented.
func (s *S3Service) DeleteFile(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3DeleteFile, extra)
}

// byUID performs an action on an account whose answer is undocumented.
func (s *S3Service) byUID(ctx context.Context, a action, s3uid string, extra map[string]any) (provider.Payload, error) {
	var problems provider.Problems
	problems.Required("s3uid", s3uid)
	call, form, err := formOf(a, problems, "", nil, extra)
	if err != nil {
		return provider.Payload{}, err
	}
	form.Set("s3uid", s3uid)
	return s.c.unknown(ctx, a, call)
}

func (s *S3Service) filtered(ctx context.Context, a action, location string, opts any, extra map[string]any) (provider.Payload, error) {
	var problems provider.Problems
	checkLocation(&problems, "Location", location)
	call, _, err := formOf(a, problems, "", opts, extra)
	if err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, a, call)
}
