package elizontest

// country is a country that customers can live in.
type country struct {
	Code, Name, TaxName string
	Percent             int64
}

func countryOf(code string) (country, bool) {
	for _, known := range countries {
		if known.Code == code {
			return known, true
		}
	}
	return country{}, false
}

func countryRow(known country) row {
	return row{
		"countryCode": known.Code, "countryName": known.Name, "taxRate": known.Percent, "taxName": known.TaxName,
		"isDefault": known == countries[0],
	}
}

func publicCountries(*call) reply { return ok(row{"countries": rows(countries, countryRow)}) }
