package keyhelp

import (
	"context"

	"github.com/provkit/provkit/internal/rest"
)

// Unlimited is the Max of a Figure, and the value of a plan's limit, that is none.
const Unlimited = -1

// Figure is one number of a client's usage.
type Figure struct {
	Used int64
	// Max is nil where the API does not tell it, Unlimited (-1) where there is
	// no limit, and 0 where nothing is allowed.
	Max *int64
}

// ClientStats is what a client uses. A nil figure was not told.
type ClientStats struct {
	// Disk and Traffic in bytes. The period of Traffic is undocumented.
	Disk, Traffic *Figure
	// Counts. The documented dialect tells three of them, without limits.
	Domains, EmailAccounts, Databases *Figure
	// Live dialect only.
	Subdomains, EmailAddresses, EmailForwardings *Figure
	FTPUsers, ScheduledTasks, Files              *Figure
}

// Stats reads what a client uses: GET /api/v2/clients/{id}/statistics, in the live
// dialect GET /api/v2/clients/{id}/stats.
func (s *ClientsService) Stats(ctx context.Context, id int64) (*ClientStats, error) {
	return fetchID[ClientStats, statsWire](ctx, s.c, clientsStats, id)
}

type figureWire struct {
	Value number  `json:"value"`
	Max   *number `json:"max"`
}

func (w *figureWire) model() *Figure {
	if w == nil {
		return nil
	}
	f := &Figure{Used: int64(w.Value)}
	if w.Max != nil {
		limit := int64(*w.Max)
		f.Max = &limit
	}
	return f
}

// statsWire reads both shapes: flat numbers, and {"value", "max"} objects.
type statsWire struct {
	DiskUsage     *int64 `json:"disk_usage"`
	DiskQuota     *int64 `json:"disk_quota"`
	TrafficUsage  *int64 `json:"traffic_usage"`
	TrafficQuota  *int64 `json:"traffic_quota"`
	DomainCount   *int64 `json:"domain_count"`
	DatabaseCount *int64 `json:"database_count"`
	EmailCount    *int64 `json:"email_count"`

	DiskSpace        *figureWire `json:"disk_space"`
	Traffic          *figureWire `json:"traffic"`
	Domains          *figureWire `json:"domains"`
	Subdomains       *figureWire `json:"subdomains"`
	EmailAccounts    *figureWire `json:"email_accounts"`
	EmailAddresses   *figureWire `json:"email_addresses"`
	EmailForwardings *figureWire `json:"email_forwardings"`
	Databases        *figureWire `json:"databases"`
	FTPUsers         *figureWire `json:"ftp_users"`
	ScheduledTasks   *figureWire `json:"scheduled_tasks"`
	Files            *figureWire `json:"files"`
}

// Missing: an answer without the disk figure is no statistics.
func (w *statsWire) Missing() string {
	if w.DiskUsage == nil && w.DiskSpace == nil {
		return "disk_space"
	}
	return ""
}

func (w *statsWire) model() *ClientStats {
	either := func(flat, limit *int64, nested *figureWire) *Figure {
		if flat == nil {
			return nested.model()
		}
		return &Figure{Used: *flat, Max: limit}
	}
	return &ClientStats{
		Disk:          either(w.DiskUsage, w.DiskQuota, w.DiskSpace),
		Traffic:       either(w.TrafficUsage, w.TrafficQuota, w.Traffic),
		Domains:       either(w.DomainCount, nil, w.Domains),
		EmailAccounts: either(w.EmailCount, nil, w.EmailAccounts),
		Databases:     either(w.DatabaseCount, nil, w.Databases),
		Subdomains:    w.Subdomains.model(), EmailAddresses: w.EmailAddresses.model(),
		EmailForwardings: w.EmailForwardings.model(), FTPUsers: w.FTPUsers.model(),
		ScheduledTasks: w.ScheduledTasks.model(), Files: w.Files.model(),
	}
}

// TrafficCount is traffic of one protocol in bytes.
type TrafficCount struct {
	In  int64 `json:"in"`
	Out int64 `json:"out"`
}

// Traffic reads a client's traffic by protocol ("http", "ftp", "smtp", "pop3",
// "imap"): GET /api/v2/clients/{id}/traffic. Live dialect only. The period is
// undocumented.
func (s *ClientsService) Traffic(ctx context.Context, id int64) (map[string]TrafficCount, error) {
	if err := clientsTraffic.any().RefuseID("id", id); err != nil {
		return nil, err
	}
	var traffic trafficWire
	if err := s.c.call(ctx, clientsTraffic, &rest.Call{Args: idArg(id), Subject: idText(id), Out: &traffic}); err != nil {
		return nil, err
	}
	return traffic, nil
}

type trafficWire map[string]TrafficCount

// Missing: an answer without any protocol is no traffic, not even none.
func (w *trafficWire) Missing() string {
	if len(*w) == 0 {
		return "http"
	}
	return ""
}

// ClientResources is everything that belongs to a client.
type ClientResources struct {
	Domains              []*Domain
	Certificates         []*Certificate
	Emails               []*Email
	Databases            []*Database
	FTPUsers             []*FTPUser
	ScheduledTasks       []*ScheduledTask
	DirectoryProtections []*DirectoryProtection
}

// Resources reads all that belongs to a client: GET /api/v2/clients/{id}/resources.
// Live dialect only.
func (s *ClientsService) Resources(ctx context.Context, id int64) (*ClientResources, error) {
	return fetchID[ClientResources, resourcesWire](ctx, s.c, clientsResources, id)
}

type resourcesWire struct {
	Domains              []domainWire              `json:"domains"`
	Certificates         []certificateWire         `json:"certificates"`
	Emails               []emailWire               `json:"emails"`
	Databases            []databaseWire            `json:"databases"`
	FTPUsers             []ftpUserWire             `json:"ftp_users"`
	ScheduledTasks       []scheduledTaskWire       `json:"scheduled_tasks"`
	DirectoryProtections []directoryProtectionWire `json:"directory_protections"`
}

// Missing: every panel sends the list of domains, though it may be empty.
func (w *resourcesWire) Missing() string {
	if w.Domains == nil {
		return "domains"
	}
	return ""
}

func (w *resourcesWire) model() *ClientResources {
	return &ClientResources{
		Domains:              models[Domain](w.Domains),
		Certificates:         models[Certificate](w.Certificates),
		Emails:               models[Email](w.Emails),
		Databases:            models[Database](w.Databases),
		FTPUsers:             models[FTPUser](w.FTPUsers),
		ScheduledTasks:       models[ScheduledTask](w.ScheduledTasks),
		DirectoryProtections: models[DirectoryProtection](w.DirectoryProtections),
	}
}

func models[T, W any, P modeler[W, T]](wires []W) []*T {
	out := make([]*T, len(wires))
	for i := range wires {
		out[i] = P(&wires[i]).model()
	}
	return out
}

// ScheduledTask is a cron job of a client. The API is only known to list them
// among a client's resources.
type ScheduledTask struct {
	ID                         int64
	Type, Command, Description string
	PHPInterpreter             string
	Minute, Hour, DayOfMonth   string
	Month, DayOfWeek           string
}

type scheduledTaskWire struct {
	ID             int64  `json:"id"`
	Type           string `json:"type"`
	Command        string `json:"command"`
	Description    string `json:"description"`
	PHPInterpreter string `json:"php_interpreter"`
	Schedule       struct {
		Minute     text `json:"minute"`
		Hour       text `json:"hour"`
		DayOfMonth text `json:"day_of_month"`
		Month      text `json:"month"`
		DayOfWeek  text `json:"day_of_week"`
	} `json:"schedule"`
}

func (w *scheduledTaskWire) model() *ScheduledTask {
	s := w.Schedule
	return &ScheduledTask{
		ID: w.ID, Type: w.Type, Command: w.Command, Description: w.Description, PHPInterpreter: w.PHPInterpreter,
		Minute: string(s.Minute), Hour: string(s.Hour), DayOfMonth: string(s.DayOfMonth), Month: string(s.Month), DayOfWeek: string(s.DayOfWeek),
	}
}
