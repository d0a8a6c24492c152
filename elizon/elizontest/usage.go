package elizontest

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// statusBatch leaves out services that it does not know.
func statusBatch(c *call) reply {
	ids, there := c.body.Strings("ids")
	if !there {
		c.blame("ids is required")
	}
	if len(ids) > maxBatch {
		c.blame("ids holds more than " + strconv.Itoa(maxBatch) + " services")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if c.hidden == forbidden {
		return fail(http.StatusForbidden, codeAccessDenied, "Access denied")
	}
	statuses := row{}
	for _, id := range ids {
		s := c.st.services.Get(id)
		if s == nil || !s.known(c.now) || c.hidden == empty {
			continue
		}
		statuses[id] = c.live(s)
		if c.st.categoryOf(c.st.products.Get(s.ProductID)).ProviderType == typeProxmox {
			statuses[id] = row{"status": c.live(s), "source": "provider"}
		}
	}
	return ok(row{"statuses": statuses})
}

func serviceStatus(c *call, s *Service) reply { return ok(row{"status": c.live(s)}) }

func (c *call) live(s *Service) row {
	const gib = 1 << 30
	u := s.Usage
	return row{
		"status": strings.ToLower(s.Status), "cpu": row{"usage": number(u.CPU)},
		"memory": row{"used": u.MemoryBytes, "total": s.MemoryMB << 20}, "disk": row{"used": u.DiskBytes, "total": s.StorageGB * gib},
		"network": row{"in": u.InBytes, "out": u.OutBytes}, "uptime": int64(u.Uptime / time.Second),
		"bandwidthUsage": row{"monthlyTotalBytes": u.MonthlyBytes},
	}
}

// number keeps values that JSON cannot express, such as NaN, out of an answer.
func number(f float64) json.Number {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
}

func bandwidthUsage(_ *call, s *Service) reply {
	return ok(row{"usage": row{"totalGb": number(float64(s.Usage.MonthlyBytes) / (1 << 30))}})
}

func totalBandwidth(c *call) reply {
	if month := c.r.URL.Query().Get("month"); month != "" {
		if _, err := time.Parse("2006-01", month); err != nil {
			return bad(codeInvalidRequest, "month must be YYYY-MM")
		}
	}
	var total int64
	for _, s := range c.st.services.Rows {
		total += s.Usage.MonthlyBytes
	}
	return ok(row{"usage": row{"totalGb": number(float64(total) / (1 << 30))}})
}
