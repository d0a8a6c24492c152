package keyhelp

import (
	"cmp"
	"context"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
)

// Unlimited means no limit, as the Max of a Figure and in a plan's limits.
const Unlimited = -1

// Figure is one number of a client's usage.
type Figure struct {
	Used int64
	// Max is nil if the API does not report it, Unlimited (-1) if there is no limit, and 0 if
	// nothing is allowed.
	Max *int64
}

// ClientStats is the usage of a client. A nil figure was not reported: what is used is absent, null or "".
type ClientStats struct {
	// Disk and Traffic are in bytes. The period of Traffic is undocumented.
	Disk    *Figure `wire:"disk_usage|disk_space"`
	Traffic *Figure `wire:"traffic_usage|traffic"`
	// The others are counts. The documented dialect reports three of them, without limits.
	Domains       *Figure `wire:"domain_count|domains"`
	EmailAccounts *Figure `wire:"email_count|email_accounts"`
	Databases     *Figure `wire:"database_count|databases"`
	// Live dialect only.
	Subdomains       *Figure `wire:"subdomains"`
	EmailAddresses   *Figure `wire:"email_addresses"`
	EmailForwardings *Figure `wire:"email_forwardings"`
	FTPUsers         *Figure `wire:"ftp_users"`
	ScheduledTasks   *Figure `wire:"scheduled_tasks"`
	Files            *Figure `wire:"files"`
}

// Stats reads the usage of a client: GET /api/v2/clients/{id}/statistics, in the live dialect GET
// /api/v2/clients/{id}/stats.
func (s *ClientsService) Stats(ctx context.Context, id int64) (*ClientStats, error) {
	return fetchID[ClientStats](ctx, s.c, clientsStats, id)
}

// A figure is an object that contains its limit, or a number whose limit is a field of its own.
var (
	_ = wire.Read(func(raw []byte, f *Figure) error {
		var told struct {
			Used *int64 `wire:"value"`
			Max  *int64 `wire:"max,limit"`
		}
		var err error
		if raw[0] == '{' {
			err = wire.Fill(raw, &told)
		} else {
			err = wire.Unmarshal(raw, &told.Used)
		}
		switch {
		case err != nil:
			return err
		case told.Used == nil:
			return wire.Untold
		}
		*f = Figure{*told.Used, told.Max}
		return nil
	})
	_ = wire.Read(func(raw []byte, s *ClientStats) error {
		var limits struct {
			Disk    *int64 `wire:"disk_quota,limit"`
			Traffic *int64 `wire:"traffic_quota,limit"`
		}
		disk, err := wire.Pick(raw, "disk_usage", "disk_space")
		switch err := cmp.Or(err, wire.Fill(raw, s), wire.Unmarshal(raw, &limits)); {
		case err != nil:
			return err
		case len(disk) == 0: // all statistics have it, be it null
			return wire.Lacks("disk_usage")
		}
		if s.Disk != nil {
			s.Disk.Max = cmp.Or(s.Disk.Max, limits.Disk)
		}
		if s.Traffic != nil {
			s.Traffic.Max = cmp.Or(s.Traffic.Max, limits.Traffic)
		}
		return nil
	})
)

// TrafficCount is the traffic of one protocol in bytes.
type TrafficCount struct {
	In  int64 `wire:"in"`
	Out int64 `wire:"out"`
}

// Traffic reads a client's traffic by protocol ("http", "ftp", "smtp", "pop3", "imap"): GET
// /api/v2/clients/{id}/traffic. Live dialect only. The period is undocumented.
func (s *ClientsService) Traffic(ctx context.Context, id int64) (map[string]TrafficCount, error) {
	if err := clientsTraffic.any().RefuseID("id", id); err != nil {
		return nil, err
	}
	traffic, err := ask[protocols](ctx, s.c, clientsTraffic, &rest.Call{Args: idArg(id), Subject: idText(id)}, wire.Options{})
	if err != nil {
		return nil, err
	}
	return *traffic, nil
}

// protocols is a client's traffic by protocol. An answer without any protocol is not a traffic
// report, not even one of no traffic.
type protocols map[string]TrafficCount

var _ = wire.Read(func(raw []byte, p *protocols) error {
	err := wire.Unmarshal(raw, (*map[string]TrafficCount)(p))
	if err == nil && len(*p) == 0 {
		err = wire.Lacks("http")
	}
	return err
})

// ClientResources contains everything that belongs to a client.
type ClientResources struct {
	Domains              []*Domain              `wire:"domains,required"`
	Certificates         []*Certificate         `wire:"certificates"`
	Emails               []*Email               `wire:"emails"`
	Databases            []*Database            `wire:"databases"`
	FTPUsers             []*FTPUser             `wire:"ftp_users"`
	ScheduledTasks       []*ScheduledTask       `wire:"scheduled_tasks"`
	DirectoryProtections []*DirectoryProtection `wire:"directory_protections"`
}

// Resources reads everything that belongs to a client: GET /api/v2/clients/{id}/resources. Live
// dialect only.
func (s *ClientsService) Resources(ctx context.Context, id int64) (*ClientResources, error) {
	if err := clientsResources.any().RefuseID("id", id); err != nil {
		return nil, err
	}
	var answer resourcesOf
	call := on(clientsResources, idText(id))
	call.Out = &answer
	if err := s.c.call(ctx, clientsResources, call); err != nil {
		return nil, err
	}
	return &answer.Value, nil
}

// resourcesOf tells whose resources they are by the owner of a domain, which some panels report.
type resourcesOf struct{ wire.One[ClientResources] }

func (r *resourcesOf) Identity() (told rest.Identity) {
	for _, domain := range r.Value.Domains {
		if domain.ClientID > 0 {
			told.ID = idText(domain.ClientID)
		}
	}
	return told
}

// ScheduledTask is a cron job of a client. The vendor's specification has them, but its paths could not
// be read: they are known to be listed among a client's resources only.
type ScheduledTask struct {
	ID             int64  `wire:"id"`
	Type           string `wire:"type"`
	Command        string `wire:"command"`
	Description    string `wire:"description"`
	PHPInterpreter string `wire:"php_interpreter"`
	Minute         string `wire:"schedule.minute"`
	Hour           string `wire:"schedule.hour"`
	DayOfMonth     string `wire:"schedule.day_of_month"`
	Month          string `wire:"schedule.month"`
	DayOfWeek      string `wire:"schedule.day_of_week"`
}
