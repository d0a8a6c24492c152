package providertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// memoryServer is the panel of a Memory: a small JSON API with the habits of real ones. User names
// are unique, domains are made in a second step, and no call is idempotent.
type memoryServer struct {
	faults  faults.Injector
	plans   []provider.Plan
	pending time.Duration
	mux     *http.ServeMux
	twins   bool // names are not unique, as where accounts are orders

	mu           sync.Mutex
	accounts     map[string]*memoryAccount
	last         int
	ahead        time.Duration
	hide, ignore bool
}

// memoryAccount is an account in the API and in the server's state.
type memoryAccount struct {
	ID        string    `json:"id"`
	Username  string    `json:"username"`
	Reference string    `json:"reference"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Plan      string    `json:"plan"`
	Domains   []string  `json:"domains"`
	Suspended bool      `json:"suspended"`
	Canceled  bool      `json:"canceled"`
	Off       bool      `json:"off"`
	Paid      int       `json:"paid"`
	Image     string    `json:"image"`
	Pending   bool      `json:"pending"`
	CreatedAt time.Time `json:"created_at"`

	readyAt  time.Time
	password string
	wanted   string // the domain that the order named, for the truth only
	foreign  bool
}

// memoryOrder is the body of a new account. memoryPatch changes the fields that are set.
type memoryOrder struct {
	Username  string `json:"username"`
	Password  string `json:"password"`
	Reference string `json:"reference"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	Plan      string `json:"plan"`
	// WithDomain announces the second step. The API ignores it: it is for Truth.Complete.
	WithDomain string `json:"with_domain"`
}

type memoryPatch struct {
	Suspended *bool   `json:"suspended,omitempty"`
	Canceled  *bool   `json:"canceled,omitempty"`
	Off       *bool   `json:"off,omitempty"`
	Plan      *string `json:"plan,omitempty"`
	Password  *string `json:"password,omitempty"`
	Reference *string `json:"reference,omitempty"`
	Image     *string `json:"image,omitempty"`
}

func newMemoryServer(opts MemoryOptions) *memoryServer {
	s := &memoryServer{
		plans: opts.Plans, pending: opts.Pending,
		accounts: make(map[string]*memoryAccount), mux: http.NewServeMux(),
	}
	if s.plans == nil {
		s.plans = []provider.Plan{{ID: "small", Name: "Small"}, {ID: "large", Name: "Large"}}
	}
	s.mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"version": "1.0"})
	})
	s.mux.HandleFunc("GET /plans", s.locked(s.listPlans))
	s.mux.HandleFunc("GET /accounts", s.locked(s.list))
	s.mux.HandleFunc("POST /accounts", s.locked(s.create))
	s.mux.HandleFunc("GET /accounts/{id}", s.locked(s.get))
	s.mux.HandleFunc("PATCH /accounts/{id}", s.locked(s.patch))
	s.mux.HandleFunc("DELETE /accounts/{id}", s.locked(s.remove))
	s.mux.HandleFunc("POST /accounts/{id}/domains", s.locked(s.addDomain))
	s.mux.HandleFunc("POST /accounts/{id}/renewals", s.locked(s.renew))
	s.mux.HandleFunc("POST /accounts/{id}/sign-on", s.locked(s.signOn))
	return s
}

// ServeHTTP checks the key and answers.
func (s *memoryServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Key") != memoryKey {
		refuse(w, http.StatusUnauthorized, "", "wrong key")
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *memoryServer) locked(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		now := time.Now().Add(s.ahead)
		for _, a := range s.accounts {
			a.Pending = now.Before(a.readyAt)
		}
		next(w, r)
	}
}

func (s *memoryServer) set(change func(*memoryServer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// account returns the account of the path, or answers that there is none.
func (s *memoryServer) account(w http.ResponseWriter, r *http.Request) *memoryAccount {
	a := s.accounts[r.PathValue("id")]
	if a == nil || s.hide {
		refuse(w, http.StatusNotFound, "", "no such account")
		return nil
	}
	return a
}

func (s *memoryServer) list(w http.ResponseWriter, r *http.Request) {
	if s.hide {
		refuse(w, http.StatusNotFound, "", "no accounts here")
		return
	}
	all := []*memoryAccount{}
	for _, a := range s.sorted() {
		if name := r.FormValue("username"); name == "" || strings.EqualFold(name, a.Username) {
			all = append(all, a)
		}
	}
	from, _ := strconv.Atoi(r.FormValue("from"))
	all = all[min(max(from, 0), len(all)):]
	if limit, _ := strconv.Atoi(r.FormValue("limit")); limit > 0 {
		all = all[:min(limit, len(all))]
	}
	answer(w, http.StatusOK, map[string]any{"accounts": all})
}

func (s *memoryServer) sorted() []*memoryAccount {
	all := make([]*memoryAccount, 0, len(s.accounts))
	for _, a := range s.accounts {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *memoryAccount) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
	})
	return all
}

func (s *memoryServer) get(w http.ResponseWriter, r *http.Request) {
	if a := s.account(w, r); a != nil {
		answer(w, http.StatusOK, a)
	}
}

func (s *memoryServer) create(w http.ResponseWriter, r *http.Request) {
	var o memoryOrder
	if !read(w, r, &o) {
		return
	}
	if o.Plan == "" {
		o.Plan = s.plans[0].ID
	}
	if !s.hasPlan(o.Plan) {
		refuse(w, http.StatusUnprocessableEntity, "plan", "no such plan")
		return
	}
	for _, a := range s.accounts {
		if !s.twins && strings.EqualFold(a.Username, o.Username) {
			refuse(w, http.StatusConflict, "username", "taken")
			return
		}
		if !s.twins && slices.ContainsFunc(strings.Fields(a.Reference), func(carried string) bool { return claimed(carried) == claimed(o.Reference) }) {
			refuse(w, http.StatusConflict, "reference", "account "+a.ID+" carries it")
			return
		}
	}
	a := s.add(&memoryAccount{
		Username: o.Username, Reference: o.Reference, Email: o.Email, Name: o.Name, Plan: o.Plan,
		password: o.Password, wanted: o.WithDomain,
	})
	a.readyAt = a.CreatedAt.Add(s.pending)
	a.Pending = s.pending > 0
	answer(w, http.StatusCreated, a)
}

// claimed returns the reference in a marker.
func claimed(marker string) string {
	reference, _, _ := strings.Cut(marker, "~")
	return reference
}

func (s *memoryServer) add(a *memoryAccount) *memoryAccount {
	s.last++
	a.ID = fmt.Sprint(100 + s.last)
	a.Domains, a.Paid, a.CreatedAt = []string{}, 1, time.Now().Add(s.ahead)
	s.accounts[a.ID] = a
	return a
}

func (s *memoryServer) addForeign(username string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(&memoryAccount{
		Username: username, Email: "someone@example.org", Plan: s.plans[0].ID, foreign: true,
	}).ID
}

func (s *memoryServer) patch(w http.ResponseWriter, r *http.Request) {
	a := s.account(w, r)
	var p memoryPatch
	if a == nil || !read(w, r, &p) {
		return
	}
	if p.Plan != nil && !s.hasPlan(*p.Plan) {
		refuse(w, http.StatusUnprocessableEntity, "plan", "no such plan")
		return
	}
	if p.Suspended != nil && !s.ignore {
		a.Suspended = *p.Suspended
	}
	assign(&a.Canceled, p.Canceled)
	assign(&a.Off, p.Off)
	assign(&a.Plan, p.Plan)
	assign(&a.password, p.Password)
	assign(&a.Reference, p.Reference)
	assign(&a.Image, p.Image)
	answer(w, http.StatusOK, a)
}

func assign[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *memoryServer) remove(w http.ResponseWriter, r *http.Request) {
	if a := s.account(w, r); a != nil {
		delete(s.accounts, a.ID)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *memoryServer) addDomain(w http.ResponseWriter, r *http.Request) {
	a := s.account(w, r)
	var in struct {
		Name string `json:"name"`
	}
	if a == nil || !read(w, r, &in) {
		return
	}
	for _, other := range s.accounts {
		if (!s.twins || other == a) && slices.Contains(other.Domains, in.Name) {
			refuse(w, http.StatusConflict, "domain", "taken")
			return
		}
	}
	a.Domains = append(a.Domains, in.Name)
	answer(w, http.StatusCreated, a)
}

// renew takes the number of the period, so that a period cannot be paid for twice.
func (s *memoryServer) renew(w http.ResponseWriter, r *http.Request) {
	a := s.account(w, r)
	var in struct {
		Period int `json:"period"`
	}
	if a == nil || !read(w, r, &in) {
		return
	}
	if in.Period != a.Paid+1 {
		refuse(w, http.StatusConflict, "period", "not the next period")
		return
	}
	a.Paid++
	answer(w, http.StatusOK, a)
}

func (s *memoryServer) signOn(w http.ResponseWriter, r *http.Request) {
	if a := s.account(w, r); a != nil {
		s.last++
		answer(w, http.StatusOK, map[string]string{"url": fmt.Sprintf("https://panel.invalid/in?t=sign-on-token-%s-%d", a.ID, s.last)})
	}
}

func (s *memoryServer) listPlans(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"plans": s.plans})
}

func (s *memoryServer) hasPlan(id string) bool {
	return slices.ContainsFunc(s.plans, func(p provider.Plan) bool { return p.ID == id })
}

func (s *memoryServer) truth() []Truth {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now().Add(s.ahead)
	var all []Truth
	for _, a := range s.sorted() {
		reference, _, _ := strings.Cut(a.Reference, "~")
		all = append(all, Truth{
			ID: a.ID, Username: a.Username, Reference: reference, Plan: a.Plan, Password: a.password,
			Domains: slices.Clone(a.Domains), Suspended: a.Suspended, Canceled: a.Canceled, PoweredOff: a.Off, Paid: a.Paid,
			Complete: a.foreign || (!now.Before(a.readyAt) && (a.wanted == "" || slices.Contains(a.Domains, a.wanted))),
		})
	}
	return all
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "", "unreadable body")
		return false
	}
	return true
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, field, problem string) {
	answer(w, status, map[string]string{"field": field, "problem": problem})
}
