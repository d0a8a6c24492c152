package licenseservertest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

func TestCustomers(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(23))
	first := s.Customers()[0]
	one := at(`{"id":%d,"text":"Beispiel GmbH - it@beispiel.example"}`, first.ID)
	for _, q := range []string{"?q=beispiel", "?q=BEISPIEL.EX", "?q=GmbH&page=1", "?q=gmbh&page=x"} {
		s.get(`{"results":[`+one+`],"pagination":{"more":false}}`, "/api/customers"+q)
	}
	s.get(`{"results":[],"pagination":{"more":false}}`, "/api/customers?q=nobody")
	for i, want := range []string{"10 true", "10 true", "4 false", "0 false"} {
		var answer struct {
			Results    []any
			Pagination struct{ More bool }
		}
		s.decode(&answer, "/api/customers?page=%d", i+1)
		require.Equal(t, want, fmt.Sprint(len(answer.Results), answer.Pagination.More))
	}
	s.get(`{"results":[],"pagination":{"more":false}}`, "/api/customers?page=9223372036854775807")
}

func TestCustomerLicenses(t *testing.T) {
	s := newServer(t)
	owner := s.Customers()[0].ID
	base := at("/api/customer/%d/", owner)
	s.get(`{"licenses":[]}`, base+"licenses")
	s.get(`{"total_licenses":0,"active_licenses":0,"total_activations":0}`, base+"quick-stats")
	a := s.AddLicense(licenseservertest.License{CustomerID: owner, MaxActivations: 3})
	b := s.AddLicense(licenseservertest.License{CustomerID: owner, Inactive: true, Type: "trial", MaxUsers: 9})
	s.AddLicense(licenseservertest.License{})
	s.field("activation", "POST", activatePath, machineBody(a.Key, "A"))
	s.field("activation", "POST", activatePath, machineBody(a.Key, "B"))
	s.field("success", "POST", at("/api/license/%d/deactivate-device/%d", a.ID, s.Devices(a.ID)[0].ID), "")
	s.get(at(`{"licenses":[
		{"id":%d,"key":%q,"customer_name":"Beispiel GmbH","type":"perpetual","valid_from":"2026-03-04","valid_until":"2027-03-04",
			"max_activations":3,"max_users":1,"is_active":true},
		{"id":%d,"key":%q,"customer_name":"Beispiel GmbH","type":"trial","valid_from":"2026-03-04","valid_until":"2027-03-04",
			"max_activations":1,"max_users":9,"is_active":false}]}`, a.ID, a.Key, b.ID, b.Key), base+"licenses")
	s.get(`{"total_licenses":2,"active_licenses":1,"total_activations":1}`, base+"quick-stats")
	for _, path := range []string{"licenses", "quick-stats"} {
		s.fails(404, "NOT_FOUND", "Customer not found", "GET", "/api/customer/1/"+path, "")
	}
}

func TestSearch(t *testing.T) {
	s := newServer(t)
	owner := s.Customers()[0].ID
	a := s.AddLicense(licenseservertest.License{CustomerID: owner})
	b := s.AddLicense(licenseservertest.License{Inactive: true})
	s.field("activation", "POST", activatePath, machineBody(a.Key, "PC-Desk"))
	customer := at(`{"type":"customer","id":%d,"title":"Beispiel GmbH","subtitle":"it@beispiel.example","url":"/customer/edit/%d"}`, owner, owner)
	licenseA := at(`{"type":"license","id":%d,"title":%q,"subtitle":"Beispiel GmbH - Active","url":"/license/edit/%d"}`, a.ID, a.Key, a.ID)
	licenseB := at(`{"type":"license","id":%d,"title":%q,"subtitle":" - Inactive","url":"/license/edit/%d"}`, b.ID, b.Key, b.ID)
	device := at(`{"type":"device","id":%d,"title":"PC-Desk","subtitle":%q,"url":"/license/edit/%d"}`, s.Devices(a.ID)[0].ID, a.Key, a.ID)
	for query, want := range map[string][]string{
		"":                     {customer, licenseA, licenseB, device},
		"?type=license":        {licenseA, licenseB},
		"?q=beispiel":          {customer, licenseA},
		"?q=desk":              {device},
		"?q=hash-pc":           {device},
		"?q=" + b.Key:          {licenseB},
		"?q=desk&type=license": nil,
	} {
		s.get(at(`{"results":[%s],"total":%d}`, strings.Join(want, ","), len(want)), licenseservertest.SearchPath+query)
	}
	s.get(`{"results":[`+customer+`],"total":4}`, licenseservertest.SearchPath+"?limit=1")
	s.fails(400, "VALIDATION_ERROR", "type must be customer, license or device", "GET", licenseservertest.SearchPath+"?type=x", "")
	for range 30 {
		s.AddLicense(licenseservertest.License{})
	}
	var answer struct {
		Results []any
		Total   int
	}
	s.decode(&answer, licenseservertest.SearchPath)
	require.Len(t, answer.Results, 20)
	require.Equal(t, 34, answer.Total)
}

func TestResources(t *testing.T) {
	s := newServer(t)
	a, b := s.AddLicense(licenseservertest.License{}), s.AddLicense(licenseservertest.License{})
	all := s.Resources()
	d1, d2, d3, srv := all[0].ID, all[1].ID, all[2].ID, all[30].ID
	require.Equal(t, "SRV-001", all[30].Identifier)

	s.get(at(`{"available":true,"count":10,"resources":[{"id":%d,"type":"domain","identifier":"domain01.example"},
		{"id":%d,"type":"domain","identifier":"domain02.example"}]}`, d1, d2), "/api/resources/check-availability?type=domain&count=2")
	s.get(at(`{"available":true,"count":5,"resources":[{"id":%d,"type":"server","identifier":"SRV-001"}]}`, srv), "/api/resources/check-availability?type=server")
	s.get(`{"available":false,"count":0,"resources":[]}`, "/api/resources/check-availability?type=unicorn")
	require.Equal(t, "false", s.field("available", "GET", "/api/resources/check-availability?type=server&count=6", ""))
	s.fails(400, "VALIDATION_ERROR", "type is required", "GET", "/api/resources/check-availability", "")
	s.fails(400, "VALIDATION_ERROR", "count must be a number of at least 1", "GET", "/api/resources/check-availability?type=server&count=0", "")

	const path = "/api/resources/allocate"
	allocated := func(n int) string {
		return at(`{"success":true,"allocated":%d,"message":"%d resources allocated successfully"}`, n, n)
	}
	s.get(`{"resources":[]}`, at("/api/license/%d/resources", a.ID))
	s.post(allocated(2), path, at(`{"license_id":%d,"resource_ids":[%d,%d]}`, a.ID, d1, srv))
	s.now = s.now.Add(time.Hour)
	s.post(allocated(1), path, at(`{"license_id":%d,"resource_type":"domain","resource_ids":[%d,%d,%d]}`, a.ID, d1, d2, d2))
	s.get(at(`{"resources":[
		{"id":%d,"type":"domain","identifier":"domain01.example","status":"allocated","allocated_at":"2026-03-04T10:30:00Z"},
		{"id":%d,"type":"domain","identifier":"domain02.example","status":"allocated","allocated_at":"2026-03-04T11:30:00Z"},
		{"id":%d,"type":"server","identifier":"SRV-001","status":"allocated","allocated_at":"2026-03-04T10:30:00Z"}]}`, d1, d2, srv),
		at("/api/license/%d/resources", a.ID))

	s.fails(409, "RESOURCE_ALLOCATED", at("Resource %d is allocated to another license", d1), "POST", path, at(`{"license_id":%d,"resource_ids":[%d,%d]}`, b.ID, d3, d1))
	s.fails(400, "VALIDATION_ERROR", at("resource %d is not of type domain", srv), "POST", path, at(`{"license_id":%d,"resource_type":"domain","resource_ids":[%d,%d]}`, a.ID, d3, srv))
	s.fails(404, "NOT_FOUND", "Resource 1 not found", "POST", path, at(`{"license_id":%d,"resource_ids":[%d,1]}`, b.ID, d3))
	s.fails(404, "LICENSE_NOT_FOUND", "License not found", "POST", path, at(`{"license_id":1,"resource_ids":[%d]}`, d3))
	s.fails(400, "VALIDATION_ERROR", "license_id is required", "POST", path, at(`{"resource_ids":[%d]}`, d3))
	s.fails(400, "VALIDATION_ERROR", "resource_ids must be an array of numbers", "POST", path, at(`{"license_id":%d}`, b.ID))
	require.Zero(t, s.Resources()[2].LicenseID, "all or nothing")

	overview := func(domains string) string {
		return `{"domains":` + domains + `,"ipv4":{"available":10,"total":10,"status":"ok"},"phone_numbers":{"available":10,"total":10,"status":"ok"}}`
	}
	s.get(overview(`{"available":8,"total":10,"status":"ok"}`), "/api/resources/availability")
	s.get(`{"total":40,"allocated":3,"available":37,"by_type":{
		"domain":{"total":10,"allocated":2,"available":8},"ipv4":{"total":10,"allocated":0,"available":10},
		"phone_number":{"total":10,"allocated":0,"available":10},"server":{"total":5,"allocated":1,"available":4},
		"workstation":{"total":5,"allocated":0,"available":5}}}`, "/api/resources/stats")
	s.AddResource(licenseservertest.Resource{Type: "domain", Identifier: "last.example"})
	for i := 2; i < 10; i++ {
		s.post(allocated(1), path, at(`{"license_id":%d,"resource_ids":[%d]}`, b.ID, all[i].ID))
		if i == 6 {
			s.get(overview(`{"available":4,"total":11,"status":"low"}`), "/api/resources/availability")
		}
	}
	s.get(overview(`{"available":1,"total":11,"status":"critical"}`), "/api/resources/availability")
}
