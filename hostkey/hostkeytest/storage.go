package hostkeytest

// Only one answer of the object storage is known, so no state is kept for it. Sources disagree about how an
// account and its first bucket are named, so neither is required.
var storageActions = []action{
	{"s3", "cancel_payment_account_deletion", write, withToken, "account_id:int?", nil},
	{"s3", "create_account", order, withToken, "plan_id:int", nil},
	{"s3", "create_bucket", write, withToken, "bucket account_id:int?", nil},
	{"s3", "create_order", order, withToken, "", nil},
	{"s3", "delete_account", destroy, withToken, "account_id:int?", nil},
	{"s3", "delete_bucket", destroy, withToken, "bucket account_id:int?", nil},
	{"s3", "delete_file", destroy, withToken, "bucket file account_id:int?", nil},
	{"s3", "delete_payment_account", destroy, withToken, "account_id:int?", nil},
	{"s3", "get_available_locations", read, withToken, "", nil},
	{"s3", "get_buckets", read, withToken, "", nil},
	{"s3", "get_buckets_rmq", read, withToken, "", nil},
	{"s3", "get_files", read, withToken, "bucket page:int? limit:int? account_id:int?", nil},
	{"s3", "get_users", read, withToken, "", nil},
	{"s3", "history", read, withToken, "", nil},
	{"s3", "list_plans", read, withToken, "", nil},
	{"s3", "show_key", read, withToken, "key_type=access_key|secret_key account_id:int?", nil},
	{"s3", "update_traffic_info", write, withToken, "account_id:int?", nil},
}
