package elizontest

// address is an address for invoices.
type address struct {
	ID, Label                              string
	Default                                bool
	CompanyName, VATID                     string
	FirstName, LastName, Street, Zip, City string
	CountryCode, Country, Phone            string
}

func addressRow(a *address) row {
	return row{
		"id": a.ID, "label": a.Label, "isDefault": a.Default, "companyName": orNil(a.CompanyName), "vatId": orNil(a.VATID),
		"firstName": a.FirstName, "lastName": a.LastName, "street": a.Street, "zip": a.Zip, "city": a.City, "countryCode": a.CountryCode,
		"country": a.Country, "phone": orNil(a.Phone),
	}
}

func (st *state) addAddress(a address) *address {
	a.ID = st.newID()
	a.Default = a.Default || len(st.addresses.Rows) == 0
	st.addresses.Add(&a)
	st.onlyDefault(&a)
	return &a
}

// onlyDefault makes a default address the only one.
func (st *state) onlyDefault(a *address) {
	if a.Default {
		for _, other := range st.addresses.Rows {
			other.Default = other == a
		}
	}
}

func (st *state) defaultCountry() string {
	if a := st.addresses.Find(func(a *address) bool { return a.Default }); a != nil {
		return a.CountryCode
	}
	return countries[0].Code
}

// address applies the fields of a body to an address, and records what is wrong with the result.
func (c *call) address(a address) address {
	c.texts(map[string]*string{
		"label": &a.Label, "companyName": &a.CompanyName, "vatId": &a.VATID, "firstName": &a.FirstName, "lastName": &a.LastName,
		"street": &a.Street, "zip": &a.Zip, "city": &a.City, "countryCode": &a.CountryCode, "country": &a.Country, "phone": &a.Phone,
	})
	if a.Street == "" || a.Zip == "" || a.City == "" {
		c.blame("street, zip and city are required")
	}
	if _, there := countryOf(a.CountryCode); !there {
		c.blame("countryCode is unknown")
	}
	return a
}

func listAddresses(c *call) reply {
	return ok(row{"addresses": rows(c.st.addresses.Rows, addressRow)})
}

func createAddress(c *call) reply {
	a := c.address(address{})
	a.Default = c.flag("isDefault")
	if bad, refused := c.refused(); refused {
		return bad
	}
	return created(row{"address": addressRow(c.st.addAddress(a))})
}

func updateAddress(c *call) reply {
	old := c.st.addresses.Get(c.required("id"))
	if a, refused := c.refused(); refused {
		return a
	}
	if old == nil {
		return notFound(codeNoAddress, "Address")
	}
	a := c.address(*old)
	if on, there := c.body.Bool("isDefault"); there {
		if old.Default && !on {
			return bad(codeUnsetAddress, "The default address stays the default until another one is")
		}
		a.Default = on
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	*old = a
	c.st.onlyDefault(old)
	return ok(row{"address": addressRow(old)})
}

func deleteAddress(c *call) reply {
	a := c.st.addresses.Get(c.r.URL.Query().Get("id"))
	switch {
	case a == nil:
		return notFound(codeNoAddress, "Address")
	case a.Default:
		return bad(codeDefaultAddress, "The default address cannot be deleted")
	}
	c.st.addresses.Remove(a)
	return succeeded()
}
