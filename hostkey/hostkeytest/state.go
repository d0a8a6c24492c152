package hostkeytest

import (
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// state is everything that the server knows. The server's lock guards it.
type state struct {
	agenda
	cfg    *config
	sold   *Catalogue
	now    time.Time
	offset time.Duration // of Advance
	tokens *emulator.Tokens
	links  emulator.Links
	hidden bool // HideServers
	ignore bool // IgnoreSuspension
	// refuseEmpty is set by RefuseEmptyAccount.
	refuseEmpty bool
	failing     int // FailDeploys
	caller      string
	pin         string

	keys     *emulator.Numbered[key]
	bySecret map[string]*key
	sessions map[string]*session
	keyLog   []keyEvent
	sshKeys  *emulator.Numbered[SSHKey]

	machines   *emulator.Numbered[machine]
	all        map[int64]*machine // including those that are gone or not listed yet, for billing
	hourly     []*machine
	byService  map[int64]*machine
	serverList []byte // cached: the IDs of all machines as JSON, without brackets
	tags       *emulator.Sequence
	addresses  int64
	byIP       map[string]*machine
	blockedIPs map[string]bool

	tasks    map[string]*task
	orders   []*placed
	pending  map[int64]*placed // by invoice: being deployed
	awaiting map[int64]*placed // by invoice: not paid yet

	credit       int64
	invoices     *emulator.Numbered[invoice]
	services     *emulator.Sequence
	orderIDs     *emulator.Sequence
	transactions *emulator.Numbered[transaction]
	spent        []spending
	client       map[string]string

	zones    map[string]*zone
	zoneList []*zone
	zoneIDs  *emulator.Sequence
	records  *emulator.Sequence
	isos     *emulator.Numbered[image]
	uploads  []upload
	tickets  int64
	assisted map[int64]string // by server
	requests *emulator.Numbered[remoteHands]
}

func newState(cfg *config) *state {
	return &state{
		cfg: cfg, sold: cfg.catalogue, credit: cfg.credit, tokens: emulator.NewTokens(7), now: cfg.clock.Now(),
		keys:     emulator.NewNumbered(firstKeyID, func(k *key) *int64 { return &k.ID }),
		bySecret: make(map[string]*key), sessions: make(map[string]*session),
		sshKeys:  emulator.NewNumbered(firstSSHKeyID, func(k *SSHKey) *int64 { return &k.ID }),
		machines: emulator.NewNumbered(firstMachineID, func(m *machine) *int64 { return &m.ID }),
		all:      make(map[int64]*machine), byService: make(map[int64]*machine),
		tags: emulator.NewSequence(firstTagID, firstTagID), byIP: make(map[string]*machine), blockedIPs: make(map[string]bool),
		tasks: make(map[string]*task), pending: make(map[int64]*placed), awaiting: make(map[int64]*placed),
		invoices:     emulator.NewNumbered(firstInvoiceID, func(i *invoice) *int64 { return &i.ID }),
		services:     emulator.NewSequence(firstServiceID, firstServiceID),
		orderIDs:     emulator.NewSequence(firstOrderID, firstOrderID),
		transactions: emulator.NewNumbered(firstTransactionID, func(t *transaction) *int64 { return &t.id }),
		client:       map[string]string{"email": accountEmail},
		zones:        make(map[string]*zone),
		zoneIDs:      emulator.NewSequence(firstZoneID, firstZoneID),
		records:      emulator.NewSequence(firstRecordID, firstRecordID),
		isos:         emulator.NewNumbered(firstISOID, func(i *image) *int64 { return &i.id }),
		tickets:      firstTicket, assisted: make(map[int64]string),
		requests: emulator.NewNumbered(firstRequestID, func(r *remoteHands) *int64 { return &r.id }),
	}
}

// elapse runs what is due by now. Setting the clock back undoes nothing.
func (st *state) elapse() {
	st.now = st.cfg.clock.Now().Add(st.offset)
	st.agenda.elapse(st.now)
}

// newSecret returns a key in the form that has been seen.
func (st *state) newSecret() string {
	return st.tokens.Next(keyDigits, hexadecimal) + "-" + st.tokens.Next(keyDigits, hexadecimal)
}

// serverIDs returns the IDs of all servers as JSON. They are cached, since many answers contain
// them.
func (st *state) serverIDs() []byte {
	if st.serverList == nil && len(st.machines.Rows) > 0 {
		for _, m := range st.machines.Rows {
			st.appendServerID(m.ID)
		}
	}
	list := make([]byte, 0, len(st.serverList)+2)
	list = append(list, '[')
	list = append(list, st.serverList...)
	return append(list, ']')
}

func (st *state) appendServerID(id int64) {
	if len(st.serverList) > 0 {
		st.serverList = append(st.serverList, ',')
	}
	if st.cfg.shapes[ShapeTextIDs] {
		st.serverList = strconv.AppendQuote(st.serverList, strconv.FormatInt(id, 10))
	} else {
		st.serverList = strconv.AppendInt(st.serverList, id, 10)
	}
}
