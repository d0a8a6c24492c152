package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/provkit/provkit/provider"
)

// settled waits until nothing more happens to an event. It uses the operators' route.
func (d *day) settled(ctx context.Context, id string) (Record, error) {
	for {
		next := d.app.state.next()
		var record Record
		status, err := d.get(ctx, "/events/"+id, &record)
		if err != nil || status != http.StatusOK {
			return record, fmt.Errorf("event %s: status %d, %w", id, status, err)
		}
		if record.Status != Waiting {
			return record, nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return record, ctx.Err()
		}
	}
}

func (d *day) get(ctx context.Context, path string, into any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+d.config.Token.Reveal())
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode, json.NewDecoder(resp.Body).Decode(into)
}

// client follows no redirects: the demo is not a browser.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send is what a billing system has to do for a webhook.
func (d *day) send(ctx context.Context, s step) (int, error) {
	return d.post(ctx, s, signer{d.config.Secret}, time.Now())
}

func (d *day) forged(ctx context.Context, s step) (int, error) {
	return d.post(ctx, s, signer{provider.NewSecret("the secret of somebody else")}, time.Now())
}

func (d *day) replayed(ctx context.Context, s step) (int, error) {
	return d.post(ctx, s, signer{d.config.Secret}, time.Now().Add(-time.Hour))
}

func (d *day) post(ctx context.Context, s step, by signer, at time.Time) (int, error) {
	body, err := json.Marshal(s.event)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+"/events", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	timestamp, signature := by.webhook(at, body)
	req.Header.Set(headerTimestamp, timestamp)
	req.Header.Set(headerSignature, signature)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// signOn is a customer's click in the client area.
func (d *day) signOn(ctx context.Context, s step) (int, error) {
	link := signer{d.config.Secret}.link(s.event.Service, time.Now().Add(time.Minute))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+link, nil)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	target, err := url.Parse(resp.Header.Get("Location"))
	if err == nil && "http://"+target.Host != d.panels.keyhelp.URL {
		err = fmt.Errorf("sent to %q", target.Host)
	}
	return resp.StatusCode, cmp.Or(err, resp.Body.Close())
}
