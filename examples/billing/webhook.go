package main

import (
	"errors"
	"io"
	"net/http"

	"github.com/provkit/provkit/provider"
)

// maxBody is far more than an event needs, in bytes.
const maxBody = 64 << 10

// Header fields of a signed webhook.
const (
	headerTimestamp = "X-Billing-Timestamp"
	headerSignature = "X-Billing-Signature"
)

// postEvent stores an event and answers before it is carried out: 202 if it is new, 200 if it is a
// duplicate.
func (a *app) postEvent(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too long")
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "the body broke off")
		return
	}
	if err := a.signer.checkWebhook(r.Header.Get(headerTimestamp), r.Header.Get(headerSignature), body); err != nil {
		a.log.Warn("webhook refused", "reason", err, "from", r.RemoteAddr)
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	}
	event, err := parseEvent(body)
	if e, ok := errors.AsType[*provider.Error](err); ok {
		answer(w, http.StatusUnprocessableEntity, map[string]any{"error": "the event is wrong", "fields": e.Fields})
		return
	}
	record, fresh, err := a.state.accept(event)
	switch {
	case errors.Is(err, errConflict):
		refuse(w, http.StatusConflict, err.Error())
	case err != nil:
		a.log.Error("event not stored", "event", event.ID, "error", err)
		w.Header().Set("Retry-After", "60")
		refuse(w, http.StatusServiceUnavailable, "the event cannot be stored; send it again")
	case !fresh:
		answer(w, http.StatusOK, record)
	default:
		a.log.Info("event accepted", "event", event.ID, "type", event.Type, "service", event.Service, "status", record.Status)
		if record.Status == Waiting {
			a.queue.push(event.Service)
		}
		answer(w, http.StatusAccepted, record)
	}
}
