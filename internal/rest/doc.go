// Package rest is the HTTP core that all clients share: what may be retried and when, pacing,
// redirects, TLS, escaping, limits, redaction, logging, decoding.
//
// A call is one value, Call, whose Endpoint is in the vendor's table. It passes through
//
//	Client.Do -> prepare (pace.go) -> go-retryablehttp -> attempt (attempt.go) -> transport
//	          <- decode (decode.go) <- judge (retry.go: broken.go, verdict.go) <-
//
// There is one file for each concern. The vendor supplies only three things: how to authorise a
// request, how to read an error from an answer, and its endpoints.
package rest
