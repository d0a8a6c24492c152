package elizon

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// HealthService reads public data of the platform. It needs no credentials.
type HealthService struct{ c *Client }

// Country is a country that customers can be in, with its tax.
type Country struct {
	// Code has two letters.
	Code    string  `wire:"countryCode,required"`
	Name    string  `wire:"countryName"`
	TaxRate float64 `wire:"taxRate"`
	TaxName string  `wire:"taxName"`
	Default bool    `wire:"isDefault"`
}

// RegistrationStatus is who may register.
type RegistrationStatus struct {
	Allowed  bool `wire:"allowRegistration,required"`
	Private  bool `wire:"allowRegistrationPrivate"`
	Business bool `wire:"allowRegistrationBusiness"`
}

// Ping checks whether the platform answers: GET /api/ping (method inferred). The answer is
// undocumented.
func (s *HealthService) Ping(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(healthPing))
}

// Countries yields the countries with their taxes: GET /api/public/countries.
func (s *HealthService) Countries(ctx context.Context) iter.Seq2[*Country, error] {
	return all[Country](ctx, s.c.ask(healthCountries), "countries")
}

// Navigation reads the menus of the platform's site: GET /api/public/navigation (method inferred).
// lang is a language such as "de"; "" is the default. The answer is undocumented.
func (s *HealthService) Navigation(ctx context.Context, lang string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(healthNavigation).arg("lang", lang))
}

// ProviderCatalog reads templates and nodes of a system behind products: GET
// /api/public/providers/{id}/catalog (method inferred). The answer is undocumented.
func (s *HealthService) ProviderCatalog(ctx context.Context, providerID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(healthCatalog, providerID))
}

// RegistrationStatus reads who may register: GET /api/public/registration-status.
func (s *HealthService) RegistrationStatus(ctx context.Context) (*RegistrationStatus, error) {
	return fetch[RegistrationStatus](ctx, s.c.ask(healthRegistration))
}

// Reviews reads up to 20 reviews with 4 or more stars: GET /api/public/reviews (method inferred).
// The answer is undocumented.
func (s *HealthService) Reviews(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(healthReviews))
}

// Status reads the public status of the platform: GET /api/public/status (method inferred). The
// answer is undocumented.
func (s *HealthService) Status(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(healthStatus))
}
