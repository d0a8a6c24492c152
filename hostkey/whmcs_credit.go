package hostkey

import (
	"context"
	"iter"
	"net/url"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Credit and payments. What pays or creates an invoice is sent once.
var (
	whmcsApplyCredit     = act("whmcs", "apply_credit", "WHMCS.ApplyCredit", "apply credit to invoice", ClassOrder)
	whmcsCreateAddFunds  = act("whmcs", "create_addfunds", "WHMCS.CreateAddFunds", "create invoice for credit", ClassOrder).sensitive()
	whmcsCredits         = act("whmcs", "getcredits", "WHMCS.Credits", "list credits", ClassRead)
	whmcsPaymentGateways = act("whmcs", "getpaymentgw", "WHMCS.PaymentGateways", "get ways to pay invoice", ClassRead).sensitive()
	whmcsMassPay         = act("whmcs", "mass_pay", "WHMCS.MassPay", "pay invoices", ClassOrder).sensitive()
	whmcsTransactions    = act("whmcs", "transactions", "WHMCS.Transactions", "list transactions", ClassRead)
)

// AppliedCredit is the result of ApplyCredit.
type AppliedCredit struct {
	// Amount that was taken from the credit, which may be less than requested.
	Amount Amount `wire:"amount,required"`
}

// FundsAddRequest creates an invoice that adds to the credit.
type FundsAddRequest struct {
	// Amount is required.
	Amount Amount `url:"amount"`
	// Subscribe turns automatic payments on.
	Subscribe bool `url:"subscribe,int,omitempty"`
	// Description of the invoice; "" is the server's.
	Description string `url:"-"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// AddFundsInvoice is the invoice that CreateAddFunds creates.
type AddFundsInvoice struct {
	InvoiceID int64 `wire:"invoice.id|invoice,positive,loose"`
	// Status, Amount, Currency and PaymentHTML are not in every answer.
	Status   string `wire:"invoice.status"`
	Amount   Amount `wire:"invoice.amount"`
	Currency string `wire:"invoice.currency_code"`
	// PaymentHTML is a form for the customer's browser.
	PaymentHTML provider.Secret `wire:"invoice.payment_html"`
}

// CreditListRequest selects movements of the credit.
type CreditListRequest struct {
	// ID is a server's, as the vendor's own program has it; 0 is not sent, which has been seen to work.
	ID int64 `url:"id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Credits are the movements of the customer's credit.
type Credits struct {
	ClientID int64 `wire:"message.clientid"`
	// Total is the number of movements.
	Total   int64    `wire:"message.totalresults"`
	Credits []Credit `wire:"message.credits.credit"`
	// Number is what some answers contain instead of the other fields. Its meaning is undocumented;
	// use WHMCS.Client for the balance.
	Number Amount `wire:"message,loose"`
}

// Credit is a movement of the credit. A negative amount was spent.
type Credit struct {
	ID     int64  `wire:"id,positive"`
	Amount Amount `wire:"amount"`
}

// TransactionListRequest selects transactions. The zero value selects all.
type TransactionListRequest struct {
	// InvoiceID and TransactionID; 0 is all.
	InvoiceID     int64 `url:"invoice_id,omitempty"`
	TransactionID int64 `url:"transaction_id,omitempty"`
	// Extra fields: the reference mentions filters for a customer and a server, whose names are
	// undocumented.
	Extra map[string]any `url:"-"`
}

// Transaction is a payment.
type Transaction struct {
	ID          int64     `wire:"id,positive"`
	Date        time.Time `wire:"date"`
	Description string    `wire:"description"`
	AmountIn    Amount    `wire:"amountin"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ApplyCredit pays an invoice from the credit: POST /whmcs.php, action apply_credit. The server
// takes at most the invoice's balance. It is sent once: after an error that matches
// provider.ErrOutcomeUnknown, read the invoice before you pay again.
func (s *WHMCSService) ApplyCredit(ctx context.Context, invoiceID int64, amount Amount) (*AppliedCredit, error) {
	var problems provider.Problems
	problems.Positive("invoiceID", invoiceID)
	checkMoney(&problems, "amount", amount)
	if err := whmcsApplyCredit.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[AppliedCredit](ctx, s.c, whmcsApplyCredit, &rest.Call{
		Body: url.Values{"invoice_id": {idText(invoiceID)}, "amount": {amount.String()}}, Subject: idText(invoiceID),
	})
}

// CreateAddFunds creates an invoice that adds to the credit when it is paid: POST /whmcs.php,
// action create_addfunds. It is sent once.
func (s *WHMCSService) CreateAddFunds(ctx context.Context, req *FundsAddRequest) (*AddFundsInvoice, error) {
	if req == nil {
		return nil, whmcsCreateAddFunds.RefuseNil()
	}
	var problems provider.Problems
	checkMoney(&problems, "Amount", req.Amount)
	call, form, err := formOf(whmcsCreateAddFunds, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	if req.Description != "" {
		form.Set("params[description]", req.Description)
	}
	return fetch[AddFundsInvoice](ctx, s.c, whmcsCreateAddFunds, call)
}

// Credits lists the movements of the credit: POST /whmcs.php, action getcredits. req may be nil.
func (s *WHMCSService) Credits(ctx context.Context, req *CreditListRequest) (*Credits, error) {
	if req == nil {
		req = new(CreditListRequest)
	}
	var problems provider.Problems
	problems.NotNegative("ID", req.ID)
	call, _, err := formOf(whmcsCredits, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[Credits](ctx, s.c, whmcsCredits, call)
}

// PaymentGateways returns the ways to pay an invoice as an HTML form for the customer's browser:
// POST /whmcs.php, action getpaymentgw.
func (s *WHMCSService) PaymentGateways(ctx context.Context, invoiceID int64) (provider.Secret, error) {
	if err := whmcsPaymentGateways.RefuseID("invoiceID", invoiceID); err != nil {
		return provider.Secret{}, err
	}
	form, err := fetch[struct {
		HTML provider.Secret `wire:"call,required"`
	}](ctx, s.c, whmcsPaymentGateways, &rest.Call{Body: url.Values{"invoice_id": {idText(invoiceID)}}, Subject: idText(invoiceID)})
	if err != nil {
		return provider.Secret{}, err
	}
	return form.HTML, nil
}

// MassPay creates one invoice over several others, which pays them when it is paid: POST /whmcs.php, action
// mass_pay. It is sent once. The answer is undocumented; see NewInvoice.
func (s *WHMCSService) MassPay(ctx context.Context, invoiceIDs []int64) (*NewInvoice, error) {
	var problems provider.Problems
	problems.IDs("invoiceIDs", invoiceIDs)
	if err := whmcsMassPay.Refuse("", problems); err != nil {
		return nil, err
	}
	form := make(url.Values)
	for _, id := range invoiceIDs {
		form.Add("invoices[]", idText(id))
	}
	return guess[NewInvoice](ctx, s.c, whmcsMassPay, &rest.Call{Body: form})
}

// Transactions lists the customer's payments: POST /whmcs.php, action transactions. req may be nil.
func (s *WHMCSService) Transactions(ctx context.Context, req *TransactionListRequest) iter.Seq2[*Transaction, error] {
	if req == nil {
		req = new(TransactionListRequest)
	}
	var problems provider.Problems
	problems.NotNegative("InvoiceID", req.InvoiceID)
	problems.NotNegative("TransactionID", req.TransactionID)
	call, _, err := formOf(whmcsTransactions, problems, "", req, req.Extra)
	if err != nil {
		return rest.Failed[Transaction](err)
	}
	return elements[Transaction](ctx, s.c, whmcsTransactions, call, "transactions")
}

// "message" is the answer of WHMCS, or a bare number.
var _ = wire.After(func(c *Credits) error {
	if c.Number == "" && c.ClientID == 0 && c.Total == 0 && c.Credits == nil {
		return wire.Lacks("message")
	}
	return nil
})
