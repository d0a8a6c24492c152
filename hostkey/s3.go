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

// S3Service manages object storage. How an account is named is told twice: the vendor's page has s3uid, the
// vendor's own program account_id. Requests have both, and what is not set is not sent. The answers are
// undocumented: what is read is named as in requests, and everything else is in More.
type S3Service struct{ c *Client }

// S3Ref names an account: by UID, which CreateAccount returns, or by AccountID, which Users lists.
type S3Ref struct {
	UID       string `url:"s3uid,omitempty"`
	AccountID int64  `url:"account_id,omitempty"`
}

// S3AccountCreateRequest opens an account.
type S3AccountCreateRequest struct {
	// PlanID and BucketName are required. The vendor's page has BucketName as "bucket_name", which is sent;
	// the vendor's own program has "bucket".
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
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
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

// S3Order is the answer to CreateOrder.
type S3Order struct {
	// UID is "" and InvoiceID 0 if the answer does not name them.
	UID       string `wire:"s3uid,loose"`
	InvoiceID int64  `wire:"invoice.id|invoice|invoiceid|invoice_id,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3PlanListOptions filter plans. The zero value lists all.
type S3PlanListOptions struct {
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3PlanList lists plans.
type S3PlanList struct {
	Plans []S3Plan `wire:"plans|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3Plan is a plan, as far as it can be read.
type S3Plan struct {
	// ID is what an order takes as PlanID.
	ID       int64  `wire:"id|plan_id,loose"`
	Name     string `wire:"name,loose"`
	Location string `wire:"location,loose"`
	// More fields of the plan, such as its price.
	More map[string]provider.Payload `wire:",extra"`
}

// S3UserListOptions filter users. The zero value lists all. According to the vendor's own program all
// filters are for staff.
type S3UserListOptions struct {
	Plan    string `url:"plan,omitempty"`
	Email   string `url:"email,omitempty"`
	Billing string `url:"billing,omitempty"`
	UID     string `url:"s3uid,omitempty"`
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3UserList lists users.
type S3UserList struct {
	Users []S3User `wire:"users|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3User is a user with an account, as far as it can be read: its fields have the names that filters have.
type S3User struct {
	// ID is what other calls take as AccountID.
	ID       int64  `wire:"id|account_id,loose"`
	UID      string `wire:"s3uid,loose"`
	Plan     string `wire:"plan,loose"`
	Email    string `wire:"email,loose"`
	Billing  string `wire:"billing,loose"`
	Location string `wire:"location,loose"`
	// More fields of the user, such as traffic and storage.
	More map[string]provider.Payload `wire:",extra"`
}

// S3Locations are codes of locations that have storage.
type S3Locations struct {
	Locations []string `wire:"locations|data,commas,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3KeyType is one of the two keys of an account.
type S3KeyType string

// The keys of an account.
const (
	S3AccessKey S3KeyType = "access_key"
	S3SecretKey S3KeyType = "secret_key"
)

// S3KeyRequest selects a key.
type S3KeyRequest struct {
	// Type is required.
	Type S3KeyType `url:"key_type"`
	S3Ref
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3Key is a key of an account.
type S3Key struct {
	// AccessKey or SecretKey is set if the answer names the key by its type, otherwise Key.
	AccessKey provider.Secret `wire:"access_key|data.access_key,loose"`
	SecretKey provider.Secret `wire:"secret_key|data.secret_key,loose"`
	Key       provider.Secret `wire:"key|data.key|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3BucketRequest names a bucket.
type S3BucketRequest struct {
	// Bucket is required.
	Bucket string `url:"bucket"`
	S3Ref
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3BucketListRequest selects the account whose buckets are listed. The zero value leaves it to the server.
type S3BucketListRequest struct {
	S3Ref
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3BucketList lists buckets.
type S3BucketList struct {
	Buckets []S3Bucket `wire:"buckets|data,loose"`
	// Callback is the key of the task that returns the list, for Tasks.Wait; zero if there is none.
	Callback provider.Secret `wire:"callback"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3Bucket is a bucket, as far as it can be read.
type S3Bucket struct {
	Name string `wire:"name|bucket,loose"`
	// More fields of the bucket, such as its use and keys.
	More map[string]provider.Payload `wire:",extra"`
}

// S3FileListRequest selects files.
type S3FileListRequest struct {
	// Bucket is required.
	Bucket string `url:"bucket"`
	// Page and Limit, the length of a page: 0 leaves them to the server.
	Page  int64 `url:"page,omitempty"`
	Limit int64 `url:"limit,omitempty"`
	// Search selects by a part of the name.
	Search string `url:"search,omitempty"`
	S3Ref
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3FileList is a page of files and folders.
type S3FileList struct {
	Files []S3File `wire:"files|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// S3File is a file or a folder, as far as it can be read.
type S3File struct {
	// Name is what DeleteFile takes as File.
	Name string `wire:"name|key|file,loose"`
	// Size is in bytes.
	Size int64 `wire:"size,loose"`
	// More fields of the file.
	More map[string]provider.Payload `wire:",extra"`
}

// S3FileRequest names a file.
type S3FileRequest struct {
	// Bucket and File, the file's whole name in it, are required.
	Bucket string `url:"bucket"`
	File   string `url:"file"`
	S3Ref
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// S3AccountRequest names an account.
type S3AccountRequest struct {
	S3Ref
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// CreateAccount opens an account: POST /s3.php, action create_account. The vendor's English page calls it
// free, other pages say that it is billed: it counts as an order, and is sent once.
func (s *S3Service) CreateAccount(ctx context.Context, req *S3AccountCreateRequest) (*S3Account, error) {
	if req == nil {
		return nil, s3CreateAccount.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("PlanID", req.PlanID)
	problems.Required("BucketName", req.BucketName)
	checkLocation(&problems, "Location", req.Location)
	return s3Call[S3Account](ctx, s, s3CreateAccount, problems, "", req, req.Extra)
}

// CreateOrder orders an account with a bucket, which is billed: POST /s3.php, action create_order.
// It is sent once. Which fields are required is undocumented.
func (s *S3Service) CreateOrder(ctx context.Context, req *S3OrderCreateRequest) (*S3Order, error) {
	if req == nil {
		return nil, s3CreateOrder.RefuseNil()
	}
	problems := make(provider.Problems)
	problems.NotNegative("PlanID", req.PlanID)
	checkLocation(&problems, "Location", req.Location)
	if req.PlanID == 0 && req.Location == "" && len(req.Extra) == 0 {
		problems.Add("request", "is empty")
	}
	return s3Call[S3Order](ctx, s, s3CreateOrder, problems, "", req, req.Extra)
}

// DeleteAccount removes an account and everything in it: POST /s3.php, action delete_account.
func (s *S3Service) DeleteAccount(ctx context.Context, req *S3AccountRequest) (*Ack, error) {
	return s.account(ctx, s3DeleteAccount, req)
}

// DeletePaymentAccount cancels the service of an account, which is then removed: POST /s3.php,
// action delete_payment_account.
func (s *S3Service) DeletePaymentAccount(ctx context.Context, req *S3AccountRequest) (*Ack, error) {
	return s.account(ctx, s3DeletePayment, req)
}

// CancelPaymentAccountDeletion undoes DeletePaymentAccount: POST /s3.php, action
// cancel_payment_account_deletion.
func (s *S3Service) CancelPaymentAccountDeletion(ctx context.Context, req *S3AccountRequest) (*Ack, error) {
	return s.account(ctx, s3CancelDeletion, req)
}

// UpdateTrafficInfo is POST /s3.php, action update_traffic_info, for staff.
func (s *S3Service) UpdateTrafficInfo(ctx context.Context, req *S3AccountRequest) (*Ack, error) {
	return s.account(ctx, s3UpdateTraffic, req)
}

// ListPlans lists the plans that can be ordered: POST /s3.php, action list_plans. opts may be nil.
func (s *S3Service) ListPlans(ctx context.Context, opts *S3PlanListOptions) (*S3PlanList, error) {
	if opts == nil {
		opts = new(S3PlanListOptions)
	}
	var problems provider.Problems
	checkLocation(&problems, "Location", opts.Location)
	return s3Call[S3PlanList](ctx, s, s3ListPlans, problems, "", opts, opts.Extra)
}

// Users lists the users with their traffic and storage: POST /s3.php, action get_users. opts may be nil.
func (s *S3Service) Users(ctx context.Context, opts *S3UserListOptions) (*S3UserList, error) {
	if opts == nil {
		opts = new(S3UserListOptions)
	}
	var problems provider.Problems
	checkLocation(&problems, "Location", opts.Location)
	return s3Call[S3UserList](ctx, s, s3Users, problems, "", opts, opts.Extra)
}

// AvailableLocations lists the locations that have storage: POST /s3.php, action
// get_available_locations.
func (s *S3Service) AvailableLocations(ctx context.Context) (*S3Locations, error) {
	return guess[S3Locations](ctx, s.c, s3Locations, new(rest.Call))
}

// ShowKey reads a key of an account: POST /s3.php, action show_key.
func (s *S3Service) ShowKey(ctx context.Context, req *S3KeyRequest) (*S3Key, error) {
	if req == nil {
		return nil, s3ShowKey.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Type", string(req.Type))
	provider.OneOf(&problems, "Type", req.Type, S3AccessKey, S3SecretKey)
	return s3Call[S3Key](ctx, s, s3ShowKey, req.check(problems, false), req.about(), req, req.Extra)
}

// History lists the events of a plan: POST /s3.php, action history. Fields and answer are
// undocumented.
func (s *S3Service) History(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, s3History, extra)
}

// CreateBucket adds a bucket to an account: POST /s3.php, action create_bucket.
func (s *S3Service) CreateBucket(ctx context.Context, req *S3BucketRequest) (*Ack, error) {
	return s.bucket(ctx, s3CreateBucket, req)
}

// DeleteBucket removes a bucket and everything in it: POST /s3.php, action delete_bucket.
func (s *S3Service) DeleteBucket(ctx context.Context, req *S3BucketRequest) (*Ack, error) {
	return s.bucket(ctx, s3DeleteBucket, req)
}

// GetBuckets is POST /s3.php, action get_buckets, which is switched off on the server: use
// GetBucketsRMQ. req may be nil.
func (s *S3Service) GetBuckets(ctx context.Context, req *S3BucketListRequest) (*S3BucketList, error) {
	return s.buckets(ctx, s3GetBuckets, req)
}

// GetBucketsRMQ lists buckets with their use and keys, by a queue: POST /s3.php, action
// get_buckets_rmq. req may be nil.
func (s *S3Service) GetBucketsRMQ(ctx context.Context, req *S3BucketListRequest) (*S3BucketList, error) {
	return s.buckets(ctx, s3GetBucketsRMQ, req)
}

// Files lists the files of a bucket, in pages: POST /s3.php, action get_files.
func (s *S3Service) Files(ctx context.Context, req *S3FileListRequest) (*S3FileList, error) {
	if req == nil {
		return nil, s3Files.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Bucket", req.Bucket)
	problems.NotNegative("Page", req.Page)
	problems.NotNegative("Limit", req.Limit)
	return s3Call[S3FileList](ctx, s, s3Files, req.check(problems, false), req.about(), req, req.Extra)
}

// DeleteFile removes a file from a bucket: POST /s3.php, action delete_file.
func (s *S3Service) DeleteFile(ctx context.Context, req *S3FileRequest) (*Ack, error) {
	if req == nil {
		return nil, s3DeleteFile.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Bucket", req.Bucket)
	problems.Required("File", req.File)
	return s3Call[Ack](ctx, s, s3DeleteFile, req.check(problems, false), req.about(), req, req.Extra)
}

func (s *S3Service) account(ctx context.Context, a action, req *S3AccountRequest) (*Ack, error) {
	if req == nil {
		return nil, a.RefuseNil()
	}
	return s3Call[Ack](ctx, s, a, req.check(nil, true), req.about(), req, req.Extra)
}

func (s *S3Service) bucket(ctx context.Context, a action, req *S3BucketRequest) (*Ack, error) {
	if req == nil {
		return nil, a.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Bucket", req.Bucket)
	return s3Call[Ack](ctx, s, a, req.check(problems, false), req.about(), req, req.Extra)
}

func (s *S3Service) buckets(ctx context.Context, a action, req *S3BucketListRequest) (*S3BucketList, error) {
	if req == nil {
		req = new(S3BucketListRequest)
	}
	return s3Call[S3BucketList](ctx, s, a, req.check(nil, false), req.about(), req, req.Extra)
}

// check adds the mistakes in the name of an account, which is required where it is all that is named.
func (r *S3Ref) check(problems provider.Problems, required bool) provider.Problems {
	problems.NotNegative("AccountID", r.AccountID)
	if required && r.UID == "" && r.AccountID == 0 {
		problems.Add("UID", "required, or AccountID")
	}
	return problems
}

// about returns how errors name the account.
func (r *S3Ref) about() string { return about(r.AccountID) }

// s3Call performs a call with the fields of a request.
func s3Call[T any](ctx context.Context, s *S3Service, a action, problems provider.Problems, subject string, req any, extra map[string]any) (*T, error) {
	call, _, err := formOf(a, problems, subject, req, extra)
	if err != nil {
		return nil, err
	}
	return guess[T](ctx, s.c, a, call)
}
