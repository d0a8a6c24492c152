package hostkey

import (
	"encoding/json"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

type listedServerWire struct {
	ID               number     `json:"id"`
	Status           text       `json:"status"`
	Hostname         text       `json:"hostname"`
	Name             text       `json:"name"`
	Type             text       `json:"type"`
	IP               address    `json:"IP"`
	DueDate          instant    `json:"due_date"`
	DaysLeft         float      `json:"days_left"`
	PriceEUR         Amount     `json:"price_EUR"`
	PriceUSD         Amount     `json:"price_USD"`
	PriceRUR         Amount     `json:"price_RUR"`
	Prebilled        flag       `json:"is_prebill"`
	PrebillServiceID number     `json:"prebill_service_id"`
	PrebillRate      Amount     `json:"prebill_rate"`
	PrebillPeriod    text       `json:"prebill_period"`
	Location         whereabout `json:"location"`
	LocationName     text       `json:"location_name"`
	ShortLocation    text       `json:"short_location"`
}

// UnmarshalJSON reads a bare ID as well.
func (w *listedServerWire) UnmarshalJSON(data []byte) error {
	*w = listedServerWire{}
	if data[0] != '{' {
		return w.ID.UnmarshalJSON(data)
	}
	type plain listedServerWire
	return json.Unmarshal(data, (*plain)(w))
}

func (w *listedServerWire) Missing() string { return missingID(w.ID, "id") }

func (w *listedServerWire) model() *ListedServer {
	location := string(w.Location)
	if location == "" {
		location = string(w.ShortLocation)
	}
	return &ListedServer{
		ID: int64(w.ID), Status: ServerStatus(w.Status), Hostname: string(w.Hostname), Name: string(w.Name), Type: string(w.Type), IP: w.IP.Addr,
		DueDate: w.DueDate.Time, DaysLeft: int64(w.DaysLeft), PriceEUR: w.PriceEUR, PriceUSD: w.PriceUSD, PriceRUR: w.PriceRUR,
		Prebilled: bool(w.Prebilled), PrebillServiceID: int64(w.PrebillServiceID), PrebillRate: w.PrebillRate, PrebillPeriod: string(w.PrebillPeriod),
		Location: location, LocationName: string(w.LocationName),
	}
}

// whereabout is a location: a code, or an object that holds it.
type whereabout string

func (l *whereabout) UnmarshalJSON(data []byte) error {
	var t text
	if e := openEnvelope(data); e != nil {
		for _, name := range []string{"dc_location", "location", "name"} {
			if *l = whereabout(e.word(name)); *l != "" {
				return nil
			}
		}
		return nil
	}
	err := t.UnmarshalJSON(data)
	*l = whereabout(t)
	return err
}

// serverRecord is the part of an answer about a server that tells most.
type serverRecord struct {
	ID             number           `json:"id"`
	Condition      text             `json:"Condition_Component"`
	Status         text             `json:"status"`
	Table          text             `json:"ref_tableName"`
	Type           text             `json:"type"`
	AccountID      number           `json:"account_id"`
	Billing        text             `json:"type_billing"`
	TrafficLimit   float            `json:"limit_traffic"`
	BandwidthLimit float            `json:"limit_bands"`
	Power          text             `json:"power_status"`
	OS             text             `json:"OS"`
	Preset         text             `json:"preset"`
	RootPass       text             `json:"root_pass"`
	HardwareConfig provider.Payload `json:"hwconfig"`
	extra          map[string]provider.Payload
}

func (r *serverRecord) UnmarshalJSON(data []byte) error {
	type plain serverRecord
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	var err error
	r.extra, err = rest.Extras[provider.Payload](data, "id", "Condition_Component", "status", "ref_tableName", "type", "account_id", "type_billing", "limit_traffic",
		"limit_bands", "power_status", "OS", "preset", "root_pass", "hwconfig")
	return err
}

type serverWire struct {
	Data           object[serverRecord]      `json:"server_data"`
	AccountID      number                    `json:"account_id"`
	Billing        text                      `json:"type_billing"`
	Hardware       provider.Payload          `json:"hardware"`
	HardwareConfig provider.Payload          `json:"hwconfig"`
	IPs            list[serverIPWire]        `json:"IP"`
	Interfaces     list[serverInterfaceWire] `json:"interfaces"`
	Location       whereabout                `json:"location"`
	IPMI           object[struct {
		Model text `json:"model"`
	}] `json:"ipmi"`
	Tags list[tagWire] `json:"tags"`
}

func (w *serverWire) Missing() string { return missingID(w.Data.value.ID, "server_data.id") }

func (w *serverWire) model() *Server {
	d := &w.Data.value
	s := &Server{
		ID: int64(d.ID), Status: ServerStatus(d.Condition), Table: string(d.Table), Type: string(d.Type),
		AccountID: int64(first(d.AccountID, w.AccountID)), Billing: string(d.Billing), TrafficLimit: float64(d.TrafficLimit),
		BandwidthLimit: float64(d.BandwidthLimit), Power: string(d.Power), OS: string(d.OS), Preset: string(d.Preset),
		RootPassword: provider.Secret(d.RootPass), Location: string(w.Location), ManagementModel: string(w.IPMI.value.Model),
		IPs: models[ServerIP](w.IPs), Interfaces: models[ServerInterface](w.Interfaces), Tags: models[Tag](w.Tags),
		Hardware: w.Hardware, HardwareConfig: d.HardwareConfig, More: d.extra,
	}
	if s.Status == "" {
		s.Status = ServerStatus(d.Status)
	}
	if s.Billing == "" {
		s.Billing = string(w.Billing)
	}
	if s.HardwareConfig == nil {
		s.HardwareConfig = w.HardwareConfig
	}
	return s
}

type serverIPWire struct {
	IP   address `json:"ip"`
	Main flag    `json:"main_ip"`
	MAC  text    `json:"MAC"`
	VLAN number  `json:"vlan"`
}

func (w *serverIPWire) model() *ServerIP {
	return &ServerIP{IP: w.IP.Addr, Main: bool(w.Main), MAC: string(w.MAC), VLAN: int64(w.VLAN)}
}

type serverInterfaceWire struct {
	MAC  text `json:"mac"`
	Main flag `json:"IsMain"`
}

func (w *serverInterfaceWire) model() *ServerInterface {
	return &ServerInterface{MAC: string(w.MAC), Main: bool(w.Main)}
}

type updateWire struct {
	Servers    list[number]            `json:"servers"`
	DeployKeys dict[text]              `json:"deploy_keys"`
	Billing    list[billingServerWire] `json:"billing_servers"`
}

func (w *updateWire) Missing() string {
	if !w.Servers.found {
		return "servers"
	}
	for _, id := range w.Servers.all {
		if id <= 0 {
			return "servers.id"
		}
	}
	return ""
}

func (w *updateWire) model() *ServersUpdate {
	return &ServersUpdate{Servers: numbers(w.Servers), DeployKeys: deployKeys(w.DeployKeys), Billing: models[BillingServer](w.Billing)}
}

type billingServerWire struct {
	ID     number           `json:"id"`
	Name   text             `json:"name"`
	Status text             `json:"status"`
	Config provider.Payload `json:"config"`
}

func (w *billingServerWire) model() *BillingServer {
	return &BillingServer{ID: int64(w.ID), Name: string(w.Name), Status: string(w.Status), Config: w.Config}
}

// deployKeys are tasks by invoice.
func deployKeys(d dict[text]) map[int64]string {
	var keys map[int64]string
	for invoice, key := range d {
		id, err := strconv.ParseInt(invoice, 10, 64)
		if err != nil || key == "" {
			continue
		}
		if keys == nil {
			keys = make(map[int64]string, len(d))
		}
		keys[id] = string(key)
	}
	return keys
}
