// Package isbn reads book numbers as people and systems write them. Pure Go.
package isbn

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Number is what a field held.
type Number struct {
	// Code is the number in its plain form: 13 digits for every valid ISBN,
	// else the digits as given (8 to 14 of them, perhaps ending in X); "" when
	// the field holds no number at all.
	Code string
	// Valid says that Code is an ISBN with the right check digit. An EAN of
	// other goods is no ISBN.
	Valid bool
}

// Parse reads an ISBN-10 or ISBN-13 with or without hyphens, spaces, the
// letters ISBN, full-width digits or a small x. An ISBN-10 becomes its ISBN-13.
func Parse(text string) Number {
	code := clean(text)
	switch {
	case len(code) == 10 && check10(code):
		return Number{To13(code), true}
	case len(code) == 13 && check13(code) && (code[:3] == "978" || code[:3] == "979"):
		return Number{code, true}
	case len(code) >= 8 && len(code) <= 14:
		return Number{code, false}
	}
	return Number{}
}

// clean keeps digits and a final X; it returns "" when anything stands in the
// text that belongs to no book number.
func clean(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] < 0x80
	}
	if !plain {
		text = norm.NFKC.String(text)
	}
	text = strings.TrimSpace(text)
	if len(text) >= 4 && strings.EqualFold(text[:4], "isbn") {
		text = text[4:]
		for _, prefix := range []string{"-10:", "-13:", "-10 ", "-13 ", ":"} {
			text = strings.TrimPrefix(text, prefix)
		}
	}
	digits := make([]byte, 0, 16)
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if n := len(digits); n == 14 || n > 0 && digits[n-1] == 'X' {
				return ""
			}
			digits = append(digits, byte(r))
		case (r == 'x' || r == 'X') && len(digits) == 9:
			digits = append(digits, 'X')
		case separator(r):
		default:
			return ""
		}
	}
	return string(digits)
}

// separator says whether r may stand between the parts of a number.
func separator(r rune) bool {
	switch r {
	case '-', ' ', '\t', '\u00a0', '.', '\'', '"', '=',
		'\u00ad', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212', '\u200b', '\ufeff':
		return true
	}
	return false
}

// check10 tests the check digit of ten characters: Σ (11−i)·d_i ≡ 0 mod 11, X is 10.
func check10(code string) bool {
	sum := 0
	for i := range 10 {
		d := int(code[i] - '0')
		if code[i] == 'X' {
			d = 10
		}
		sum += (10 - i) * d
	}
	return sum%11 == 0
}

// check13 tests the check digit of 13 digits: Σ d_i·(1,3,1,3 …) ≡ 0 mod 10.
func check13(code string) bool {
	sum := 0
	for i := range 13 {
		d := int(code[i] - '0')
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0
}

// To13 converts ten characters of an ISBN-10 to the 13 digits of its ISBN-13:
// 978, the first nine digits, a new check digit.
func To13(ten string) string {
	code := "978" + ten[:9]
	sum := 0
	for i := range 12 {
		d := int(code[i] - '0')
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return code + string(rune('0'+(10-sum%10)%10))
}

// To10 converts a valid ISBN-13 to its ISBN-10; ok is false for one that does
// not begin with 978 and so has none.
func To10(code string) (ten string, ok bool) {
	if len(code) != 13 || code[:3] != "978" {
		return "", false
	}
	sum := 0
	for i := range 9 {
		sum += (10 - i) * int(code[3+i]-'0')
	}
	check := (11 - sum%11) % 11
	if check == 10 {
		return code[3:12] + "X", true
	}
	return code[3:12] + string(rune('0'+check)), true
}
