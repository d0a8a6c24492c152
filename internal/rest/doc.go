// Package rest is the HTTP core that all clients share: what may be retried and
// when, pacing, redirects, TLS, escaping, limits, redaction, logging, decoding.
//
// A call is one value, Call, whose Endpoint stands in the vendor's table. Its way
// through here is
//
//	Client.Do -> prepare (pace.go) -> go-retryablehttp -> attempt (attempt.go) -> transport
//	          <- decode (decode.go) <- judge (retry.go: broken.go, verdict.go) <-
//
// One concern a file. The vendor supplies three things only: how to authorise a
// request, how to read an error out of an answer, and its endpoints.
package rest
