package cast

import "fmt"

// cleanNumber strips from a text what is written around a number: full width
// characters, currency signs, parentheses or a trailing minus for negatives.
// What stands between the digits is left for plainNumber to judge.
func cleanNumber(e string) string {
	e = trimmed(Folded(e))
	e = `regexp_replace(` + e + `, '^\((.*)\)$', '-\1')`
	e = `regexp_replace(` + e + `, '^([^-]*[0-9][^-]*)-$', '-\1')`
	e = `regexp_replace(` + e + `, '[¥$€£元]', '', 'g')`
	return `trim(regexp_replace(` + e + `, '^\s*([+-])\s+', '\1'))`
}

// plainNumber is the value of a cleaned text as an engine type, null when it is
// no number. Thousands may be parted by the separator that is not the decimal
// one, by spaces or by apostrophes, but only in groups of three: 12,50 is not
// 1250.
func plainNumber(n string, comma bool, engineType string) string {
	group, point, strip := `[, '']`, `[.]`, `[, '']`
	if comma {
		group, point, strip = `[. '']`, `,`, `[. '']`
	}
	whole := fmt.Sprintf(`[+-]?([0-9]+%[1]s?[0-9]*|%[1]s[0-9]+)([eE][+-]?[0-9]{1,2})?`, point)
	grouped := fmt.Sprintf(`[+-]?[0-9]{1,3}(%s[0-9]{3})+(%s[0-9]*)?`, group, point)
	return fmt.Sprintf(`TRY_CAST(CASE WHEN regexp_full_match(%[1]s, '%[2]s') THEN replace(%[1]s, ',', '.') `+
		`WHEN regexp_full_match(%[1]s, '%[3]s') THEN replace(regexp_replace(%[1]s, '%[4]s', '', 'g'), ',', '.') END AS %[5]s)`,
		n, whole, grouped, strip, engineType)
}
