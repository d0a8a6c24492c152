package licenseservertest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

func (st *state) activeLicenses() int {
	return st.licenses.Count(func(l *License) bool { return !l.Inactive })
}

func (st *state) totalActivations() int {
	return st.devices.Count(func(d *Device) bool { return d.Active })
}

// alertRows returns the alerts. level is the name of the field with their level, which differs
// between the two routes.
func (st *state) alertRows(level string) []row {
	return rows(st.alerts, func(a Alert) row {
		return row{level: a.Level, "message": a.Message, "timestamp": stamp(a.At)}
	})
}

func dashboard(c *call) reply {
	return ok(row{
		"metrics": row{
			"total_licenses": len(c.st.licenses.Rows), "active_licenses": c.st.activeLicenses(),
			"total_customers": len(c.st.customers.Rows), "active_sessions": len(c.st.open),
		},
		"alerts": c.st.alertRows("level"),
	})
}

func liveStats(c *call) reply {
	return ok(row{
		"timestamp": stamp(c.now),
		"metrics": row{
			"active_licenses": c.st.activeLicenses(), "total_activations": c.st.totalActivations(),
			"active_sessions": len(c.st.open), "heartbeats_per_minute": len(c.st.heartbeats),
		},
		"alerts": c.st.alertRows("type"),
	})
}

func activeCount(c *call) reply { return ok(row{"count": len(c.st.open)}) }

func anomalyStats(c *call) reply {
	byType := make(map[string]int)
	for _, kind := range anomalyTypes {
		byType[kind] = 0
	}
	unresolved := 0
	for _, a := range c.st.anomalies {
		byType[a.Type]++
		if !a.Resolved {
			unresolved++
		}
	}
	return ok(row{"total_anomalies": len(c.st.anomalies), "unresolved": unresolved, "by_type": byType})
}

// authToken signs a JWT with claims of the emulator's choice.
func authToken(c *call) reply {
	expires := c.now.Add(tokenLifetime)
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"sub":"analytics","jti":"%s","iat":%d,"exp":%d}`, c.st.newUUID(), c.now.Unix(), expires.Unix())
	token := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, []byte(c.secret))
	mac.Write([]byte(token))
	token += "." + encode(mac.Sum(nil))
	c.st.authTokens = append(c.st.authTokens, AuthToken{Token: token, IssuedAt: c.now, ExpiresAt: expires})
	return ok(row{"token": token, "expires_at": stamp(expires)})
}
