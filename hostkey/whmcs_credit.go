package hostkey

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Credit and payments. What pays or makes an invoice is sent once.
var (
	whmcsApplyCredit     = act("whmcs", "apply_credit", "WHMCS.ApplyCredit", "apply credit to invoice", ClassOrder)
	whmcsCreateAddFunds  = act("whmcs", "create_addfunds", "WHMCS.CreateAddFunds", "create invoice for credit", ClassOrder).sensitive()
	whmcsCredits         = act("whmcs", "getcredits", "WHMCS.Credits", "list credits", ClassRead)
	whmcsPaymentGateways = act("whmcs", "getpaymentgw", "WHMCS.PaymentGateways", "get ways to pay invoice", ClassRead).sensitive()
	whmcsMassPay         = act("whmcs", "mass_pay", "WHMCS.MassPay", "pay invoices", ClassOrder).sensitive()
	whmcsTransactions    = act("whmcs", "transactions", "WHMCS.Transactions", "list transactions", ClassRead)
)

// AppliedCredit is what ApplyCredit took from the credit.
type AppliedCredit struct {
	// Amount that was applied, which may be less than asked for.
	Amount Amount
}

// FundsAddRequest asks for an invoice that fills the credit up.
type FundsAddRequest struct {
	// Amount is required.
	Amount Amount `url:"amount"`
	// Subscribe turns automatic payments on.
	Subscribe bool `url:"subscribe,int,omitempty"`
	// Description of the invoice; "" is the server's.
	Description string `url:"-"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// AddFundsInvoice is the invoice to pay.
type AddFundsInvoice struct {
	InvoiceID int64
	// Status, Amount, Currency and PaymentHTML are not always told.
	Status   string
	Amount   Amount
	Currency string
	// PaymentHTML is a form for the customer's browser.
	PaymentHTML provider.Secret
}

// CreditListRequest asks for the credits.
type CreditListRequest struct {
	// ID is sent as "id"; 0 is none, which was seen to work. What it is of is
	// undocumented.
	ID int64 `url:"id,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// Credits are the movements of the customer's credit.
type Credits struct {
	ClientID int64
	// Total is how many movements there are.
	Total   int64
	Credits []Credit
	// Number is what some answers hold in place of all that. What it means is
	// undocumented; WHMCS.Client tells the balance.
	Number Amount
}

// Credit is a movement of the credit; an amount below 0 was spent.
type Credit struct {
	ID     int64
	Amount Amount
}

// TransactionListRequest says which transactions to list.
type TransactionListRequest struct {
	// InvoiceID or TransactionID; 0 is all.
	InvoiceID     int64 `url:"invoice_id,omitempty"`
	TransactionID int64 `url:"transaction_id,omitempty"`
	// Extra fields: by their wording there are filters for a customer and a server,
	// whose names are undocumented.
	Extra map[string]any `url:"-"`
}

// Transaction is a payment.
type Transaction struct {
	ID          int64
	Date        time.Time
	Description string
	AmountIn    Amount
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// ApplyCredit pays an invoice from the credit: POST /whmcs.php, action apply_credit. The
// server takes no more than the invoice's balance. It is sent once: after an error that
// matches provider.ErrOutcomeUnknown read the invoice before paying again.
func (s *WHMCSService) ApplyCredit(ctx context.Context, invoiceID int64, amount Amount) (*AppliedCredit, error) {
	var problems provider.Problems
	problems.Positive("invoiceID", invoiceID)
	checkMoney(&problems, "amount", amount)
	if err := whmcsApplyCredit.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[AppliedCredit, appliedCreditWire](ctx, s.c, whmcsApplyCredit, &rest.Call{
		Body: url.Values{"invoice_id": {idText(invoiceID)}, "amount": {amount.String()}}, Subject: idText(invoiceID),
	})
}

// CreateAddFunds makes an invoice that fills the credit up when it is paid: POST
// /whmcs.php, action create_addfunds. It is sent once.
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
	return fetch[AddFundsInvoice, addFundsWire](ctx, s.c, whmcsCreateAddFunds, call)
}

// Credits lists the movements of the credit: POST /whmcs.php, action getcredits. req may
// be nil.
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
	return fetch[Credits, creditsWire](ctx, s.c, whmcsCredits, call)
}

// PaymentGateways reads the ways to pay an invoice, as a form of HTML for the customer's
// browser: POST /whmcs.php, action getpaymentgw.
func (s *WHMCSService) PaymentGateways(ctx context.Context, invoiceID int64) (provider.Secret, error) {
	if err := whmcsPaymentGateways.RefuseID("invoiceID", invoiceID); err != nil {
		return "", err
	}
	var w gatewaysWire
	call := &rest.Call{Body: url.Values{"invoice_id": {idText(invoiceID)}}, Subject: idText(invoiceID), Out: &w}
	if err := s.c.call(ctx, whmcsPaymentGateways, call); err != nil {
		return "", err
	}
	return provider.Secret(w.HTML), nil
}

// MassPay pays several invoices at once: POST /whmcs.php, action mass_pay. It is sent
// once. The answer is undocumented.
func (s *WHMCSService) MassPay(ctx context.Context, invoiceIDs []int64) (provider.Payload, error) {
	var problems provider.Problems
	problems.IDs("invoiceIDs", invoiceIDs)
	if err := whmcsMassPay.Refuse("", problems); err != nil {
		return nil, err
	}
	form := make(url.Values)
	for _, id := range invoiceIDs {
		form.Add("invoices[]", idText(id))
	}
	return s.c.unknown(ctx, whmcsMassPay, &rest.Call{Body: form})
}

// Transactions yields the customer's payments: POST /whmcs.php, action transactions. req
// may be nil.
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
	return elements[Transaction, transactionWire](ctx, s.c, whmcsTransactions, call, "transactions")
}

type appliedCreditWire struct {
	Amount Amount `json:"amount"`
}

func (w *appliedCreditWire) Missing() string {
	if w.Amount == "" {
		return "amount"
	}
	return ""
}

func (w *appliedCreditWire) model() *AppliedCredit { return &AppliedCredit{Amount: w.Amount} }

// addFundsWire has in "invoice" a number or an object.
type addFundsWire struct {
	Invoice addFundsInvoiceWire `json:"invoice"`
}

type addFundsInvoiceWire struct {
	ID       number `json:"id"`
	Status   text   `json:"status"`
	Amount   Amount `json:"amount"`
	Currency text   `json:"currency_code"`
	HTML     text   `json:"payment_html"`
}

func (w *addFundsInvoiceWire) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return w.ID.UnmarshalJSON(data)
	}
	type plain addFundsInvoiceWire
	return json.Unmarshal(data, (*plain)(w))
}

func (w *addFundsWire) Missing() string { return missingID(w.Invoice.ID, "invoice") }

func (w *addFundsWire) model() *AddFundsInvoice {
	i := &w.Invoice
	return &AddFundsInvoice{
		InvoiceID: int64(i.ID), Status: string(i.Status), Amount: i.Amount, Currency: string(i.Currency), PaymentHTML: provider.Secret(i.HTML),
	}
}

// creditsWire has in "message" the answer of WHMCS, or a bare number.
type creditsWire struct {
	Message creditsMessage `json:"message"`
}

type creditsMessage struct {
	ClientID number  `json:"clientid"`
	Total    number  `json:"totalresults"`
	Credits  credits `json:"credits"`
	number   Amount
	found    bool
}

func (m *creditsMessage) UnmarshalJSON(data []byte) error {
	*m = creditsMessage{}
	switch {
	case data[0] == '{':
		type plain creditsMessage
		if err := json.Unmarshal(data, (*plain)(m)); err != nil {
			return err
		}
		m.found = m.Credits.found
	case data[0] != '[' && !isNothing(data):
		if err := m.number.UnmarshalJSON(data); err != nil {
			return err
		}
		m.found = true
	}
	return nil
}

// credits stand under "credit", as WHMCS has it; [] is none.
type credits struct {
	list[creditWire]
}

func (l *credits) UnmarshalJSON(data []byte) error {
	l.list = list[creditWire]{found: true}
	if data[0] != '{' {
		return nil
	}
	var w struct {
		Credit list[creditWire] `json:"credit"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	l.all = w.Credit.all
	return nil
}

type creditWire struct {
	ID     number `json:"id"`
	Amount Amount `json:"amount"`
}

func (w *creditWire) model() *Credit { return &Credit{ID: int64(w.ID), Amount: w.Amount} }

func (w *creditsWire) Missing() string {
	if !w.Message.found {
		return "message"
	}
	for _, c := range w.Message.Credits.all {
		if c.ID <= 0 {
			return "message.credits.credit.id"
		}
	}
	return ""
}

func (w *creditsWire) model() *Credits {
	m := &w.Message
	return &Credits{ClientID: int64(m.ClientID), Total: int64(m.Total), Credits: models[Credit](m.Credits.list), Number: m.number}
}

type gatewaysWire struct {
	HTML text `json:"call"`
}

func (w *gatewaysWire) Missing() string {
	if strings.TrimSpace(string(w.HTML)) == "" {
		return "call"
	}
	return ""
}

type transactionWire struct {
	ID          number  `json:"id"`
	Date        instant `json:"date"`
	Description text    `json:"description"`
	AmountIn    Amount  `json:"amountin"`
	extra       map[string]provider.Payload
}

func (w *transactionWire) UnmarshalJSON(data []byte) error {
	type plain transactionWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "id", "date", "description", "amountin")
	return err
}

func (w *transactionWire) Missing() string { return missingID(w.ID, "id") }

func (w *transactionWire) model() *Transaction {
	return &Transaction{ID: int64(w.ID), Date: w.Date.Time, Description: string(w.Description), AmountIn: w.AmountIn, More: w.extra}
}
