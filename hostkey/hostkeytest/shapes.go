package hostkeytest

// Shape is another shape of an answer that clients of the live API have seen.
type Shape string

// The shapes. Without any of them, answers have the shape that the vendor's newest programs accept: its
// Terraform provider, and a reseller's module.
const (
	// ShapeTextIDs makes IDs strings.
	ShapeTextIDs Shape = "text ids"
	// ShapeSingleObject replaces a list of one invoice by that invoice.
	ShapeSingleObject Shape = "single object"
	// ShapeServerDataList wraps server_data of eq/show in a list.
	ShapeServerDataList Shape = "server_data list"
	// ShapeInvoiceUnderData nests the answer of get_invoice in data.
	ShapeInvoiceUnderData Shape = "invoice under data"
	// ShapeLoginFlat answers auth/login and auth/info without the object result.
	ShapeLoginFlat Shape = "flat login"
	// ShapeLoginScope nests the answer of auth/login in scope.
	ShapeLoginScope Shape = "login under scope"
	// ShapeCreditNumber answers getcredits with a bare number.
	ShapeCreditNumber Shape = "credit number"
	// ShapePendingOK words "Not ready" as an OK with the scope "pending".
	ShapePendingOK Shape = "pending ok"
	// ShapeObjectAddFunds answers create_addfunds with an object instead of a number.
	ShapeObjectAddFunds Shape = "addfunds object"
	// ShapeAccessMessage refuses billing to a server key as {"code":-1,"message":...}.
	ShapeAccessMessage Shape = "access message"
	// ShapeNoDeployKeys leaves deploy_keys empty although deployments are under way.
	ShapeNoDeployKeys Shape = "no deploy_keys"
	// ShapeNoServerInItem leaves inv_id out of the items of an invoice.
	ShapeNoServerInItem Shape = "no inv_id"
	// ShapeReinstallNotReady answers for a running reinstall as for other tasks, with "Not ready" and
	// "Stage", as the vendor's wiki has it. Without it that is OK with the scope "pending": the vendor's
	// Terraform provider takes anything else for a failure.
	ShapeReinstallNotReady Shape = "reinstall not ready"
	// ShapeNoStatus leaves status out of server_data, so that nothing but power_status tells whether a
	// server is on.
	ShapeNoStatus Shape = "no status"
	// ShapeNoPowerStatus leaves power_status out of server_data, so that only status tells whether a server
	// is on.
	ShapeNoPowerStatus Shape = "no power_status"
	// ShapeBillingInServerData leaves account_id and type_billing out of the top of eq/show.
	ShapeBillingInServerData Shape = "billing in server_data"
	// ShapePlainPrices gives presets/info prices without location, and numbers for what is added to a
	// preset. A reseller's module dies of them.
	ShapePlainPrices Shape = "plain prices"
	// ShapeBillingSuccess answers changes of the module whmcs with "success" instead of "OK", which the
	// vendor's Terraform provider takes for a failure.
	ShapeBillingSuccess Shape = "billing success"
	// ShapeInvalidServerID words every unknown server as "invalid server id", which has been seen from
	// EQ/list and NAT/add_static_nat, and which the vendor's Terraform provider does not know.
	ShapeInvalidServerID Shape = "invalid server id"
)

// Shapes returns all shapes.
func Shapes() []Shape {
	return []Shape{
		ShapeTextIDs, ShapeSingleObject, ShapeServerDataList, ShapeInvoiceUnderData, ShapeLoginFlat, ShapeLoginScope,
		ShapeCreditNumber, ShapePendingOK, ShapeObjectAddFunds, ShapeAccessMessage, ShapeNoDeployKeys, ShapeNoServerInItem,
		ShapeReinstallNotReady, ShapeNoStatus, ShapeNoPowerStatus, ShapeBillingInServerData, ShapePlainPrices, ShapeBillingSuccess, ShapeInvalidServerID,
	}
}

// ExpiredToken is a wording of the error about a token that is expired or unknown.
type ExpiredToken string

// The wordings that have been seen.
const (
	ExpiredMessage       ExpiredToken = "message"                 // {"code":-2,"message":"Invalid token"}
	ExpiredError         ExpiredToken = "error"                   // {"result":-2,"error":"Invalid token"}
	ExpiredSession       ExpiredToken = "session expired"         // {"code":-2,"message":"Session expired"}
	ExpiredLogout        ExpiredToken = "logout"                  // {"code":-2,"message":"<module>/<action>: invalid token, logout"}
	ExpiredHash          ExpiredToken = "invalid hash"            // {"code":-2,"message":"Invalid hash"}
	ExpiredAuthRequired  ExpiredToken = "authentication required" // {"code":-2,"message":"authentication required"}
	ExpiredUnauthorized  ExpiredToken = "401"                     // HTTP 401
	expiredTokenInvalid               = "Invalid token"
	expiredTokenLoggedIn              = "invalid token, logout"
)

// ExpiredTokens returns all wordings.
func ExpiredTokens() []ExpiredToken {
	return []ExpiredToken{
		ExpiredMessage, ExpiredError, ExpiredSession, ExpiredLogout, ExpiredHash, ExpiredAuthRequired, ExpiredUnauthorized,
	}
}

// OrderAnswer is the answer of order_instance to an order that was accepted and, unless
// WithUnpaidOrders is set, paid.
type OrderAnswer string

// The answers that have been seen.
const (
	AnswerNoID          OrderAnswer = "no id"         // invoice, status, deploy_status and callback; id once the server is there
	AnswerFull          OrderAnswer = "full"          // the same, and always the id, as a number
	AnswerTextID        OrderAnswer = "text id"       // the same with the id as a text, which the Terraform provider cannot read
	AnswerInvoiceID     OrderAnswer = "invoiceid"     // the same with invoiceid instead of invoice
	AnswerInvoiceSnake  OrderAnswer = "invoice_id"    // the same with invoice_id instead of invoice
	AnswerUnderData     OrderAnswer = "data"          // the same in an object data
	AnswerIDAlone       OrderAnswer = "id"            // only the server's ID
	AnswerInvoiceAlone  OrderAnswer = "invoice"       // only the invoice
	AnswerNoReference   OrderAnswer = "nothing"       // OK and nothing to find the order by
	AnswerErrorInvoice  OrderAnswer = "error invoice" // an error that still names invoice and callback
	AnswerPending       OrderAnswer = "pending"       // as full, but with the status Pending of an unpaid invoice
	orderAwaitsPayment              = "awaiting_payment"
	orderDeploysForReal             = "deploying"
)

// OrderAnswers returns all answers.
func OrderAnswers() []OrderAnswer {
	return []OrderAnswer{
		AnswerNoID, AnswerFull, AnswerTextID, AnswerInvoiceID, AnswerInvoiceSnake, AnswerUnderData, AnswerIDAlone, AnswerInvoiceAlone,
		AnswerNoReference, AnswerErrorInvoice, AnswerPending,
	}
}
