package elizontest

// page pages as most lists do: by page and limit, answered with pagination {page, limit, total,
// pages}. The newest row comes first; each is called only for what is on the page.
func page[T any](c *call, all []*T, each func(*T) row) ([]row, row) {
	number, limit := c.query("page", 1, 1), min(c.query("limit", 1, defaultLimit), maxLimit)
	total := len(all)
	from := total
	if number <= total/limit+1 {
		from = min((number-1)*limit, total)
	}
	return newest(all, from, limit, each), row{"page": number, "limit": limit, "total": total, "pages": (total + limit - 1) / limit}
}

// offsetPage pages as the list of invoices does: by offset and limit, answered with pagination
// {total, limit, offset, hasMore}.
func offsetPage[T any](c *call, all []*T, each func(*T) row) ([]row, row) {
	offset, limit := c.query("offset", 0, 0), min(c.query("limit", 1, defaultLimit), maxLimit)
	total := len(all)
	from := min(offset, total)
	return newest(all, from, limit, each),
		row{"total": total, "limit": limit, "offset": offset, "hasMore": total-from > limit}
}

// flatPage pages as the list of API keys does: by page and pageSize, answered with total at the top
// level.
func flatPage[T any](c *call, all []*T, each func(*T) row) ([]row, int) {
	number, size := c.query("page", 1, 1), min(c.query("pageSize", 1, defaultLimit), maxLimit)
	from := len(all)
	if number <= len(all)/size+1 {
		from = min((number-1)*size, len(all))
	}
	return newest(all, from, size, each), len(all)
}

// flatOffset pages as the list of payout requests does: by limit and offset, answered with total at
// the top level.
func flatOffset[T any](c *call, all []*T, each func(*T) row) ([]row, int) {
	found, pagination := offsetPage(c, all, each)
	return found, pagination["total"].(int)
}

// newest renders up to limit rows, the newest first, after skipping from.
func newest[T any](all []*T, from, limit int, each func(*T) row) []row {
	list := make([]row, 0, min(limit, len(all)-from))
	for i := len(all) - 1 - from; i >= 0 && len(list) < limit; i-- {
		list = append(list, each(all[i]))
	}
	return list
}
