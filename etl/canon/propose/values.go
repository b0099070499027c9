package propose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/canon/system"
)

var (
	wholeNumber = regexp.MustCompile(`^[-+]?\d+(\.0+)?$`)
	anyNumber   = regexp.MustCompile(`^[-+]?\d*[.,]?\d+([eE][-+]?\d+)?$`)
	dateValue   = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d{1,2}:\d{2}.*)?$`)
	keyValue    = regexp.MustCompile(`^(0|-?[1-9]\d{0,17})$`)
	letterCode  = regexp.MustCompile(`^[A-Z]{3}$`)
	flag        = regexp.MustCompile(`(?i)^(t|f|true|false|yes|no|y|n|0|1)$`)
	numericType = regexp.MustCompile(`(?i)^(unsigned |u)?(tiny|small|medium|big|huge)?(int|serial|numeric|decimal|double|float|real|money|number)`)
	floatType   = regexp.MustCompile(`(?i)^(numeric|decimal|double|float|real|money|number)`)
	dateType    = regexp.MustCompile(`(?i)^(date|datetime|timestamp)`)
	flagType    = regexp.MustCompile(`(?i)^(bool|tinyint\(1\)|bit)`)
	textType    = regexp.MustCompile(`(?i)^(char|character|varchar|nvarchar|text|tinytext|mediumtext|longtext|clob|bpchar|enum|citext)`)
	oddType     = regexp.MustCompile(`(?i)^(bytea|blob|longblob|json|uuid\[\]|point|geometry|interval|array|.*\[\])`)
)

// seen is what a column holds, as far as its samples show.
type seen struct {
	filled                              int
	whole, number, date, flag, ccy, key float64 // shares of the values
	isbn                                float64
	fraction                            bool // numbers from 0 to 1, some between
	long                                float64
	values                              []string
}

func look(c system.Column) seen {
	var s seen
	var whole, number, date, flags, ccy, keys, isbn, long, within, between int
	for _, v := range c.Samples {
		v = strings.TrimSpace(v)
		if v == "" {
			continue
		}
		s.filled++
		s.values = append(s.values, v)
		for n, yes := range map[*int]bool{&whole: wholeNumber.MatchString(v), &number: anyNumber.MatchString(v), &date: dateValue.MatchString(v),
			&flags: flag.MatchString(v), &ccy: letterCode.MatchString(v), &keys: keyValue.MatchString(v), &isbn: validISBN(v), &long: len(v) > 60} {
			if yes {
				*n++
			}
		}
		if strings.HasPrefix(v, "0") || strings.HasPrefix(v, ".") || v == "1" {
			within++
			if len(v) > 1 && strings.Trim(v, "0.") != "" {
				between++
			}
		}
	}
	share := func(n int) float64 { return float64(n) / float64(max(1, s.filled)) }
	s.whole, s.number, s.date, s.flag, s.ccy, s.key, s.isbn, s.long = share(whole), share(number), share(date), share(flags), share(ccy), share(keys), share(isbn), share(long)
	s.fraction = s.filled > 0 && within == s.filled && between > 0 && s.number == 1
	return s
}

// validISBN reports whether a text is an ISBN-10 or ISBN-13 with a right check
// digit.
func validISBN(v string) bool {
	v = strings.NewReplacer("-", "", " ", "").Replace(v)
	sum := 0
	switch len(v) {
	case 13:
		if !strings.HasPrefix(v, "978") && !strings.HasPrefix(v, "979") {
			return false
		}
		for i, r := range v {
			if r < '0' || r > '9' {
				return false
			}
			sum += int(r-'0') * (1 + 2*(i%2))
		}
		return sum%10 == 0
	case 10:
		for i, r := range v {
			d := int(r - '0')
			if i == 9 && (r == 'X' || r == 'x') {
				d = 10
			} else if r < '0' || r > '9' {
				return false
			}
			sum += d * (10 - i)
		}
		return sum%11 == 0
	}
	return false
}

// fits says how well declared type and values of a column suit a canonical
// type: 1 they do, between 0 and 1 doubtful, 0 they do not; and why.
func fits(c canon.Column, col system.Column, s seen) (float64, string) {
	t := col.Type
	if oddType.MatchString(t) {
		return 0, "type " + t
	}
	most := func(share float64, what string) (float64, string) {
		switch {
		case s.filled == 0:
			return 0.85, "no value seen"
		case share >= 0.98:
			return 1, "all values seen are " + what
		case share >= 0.8:
			return 0.8, fmt.Sprintf("%.0f %% of the values seen are %s", 100*share, what)
		}
		return 0, fmt.Sprintf("only %.0f %% of the values seen are %s", 100*share, what)
	}
	switch c.Type {
	case canon.Date, canon.Timestamp:
		if dateType.MatchString(t) {
			return 1, "type " + t
		}
		if numericType.MatchString(t) || flagType.MatchString(t) {
			return 0, "type " + t
		}
		if s.filled == 0 {
			return 0.6, "no value seen"
		}
		return most(s.date, "dates")
	case canon.Integer:
		if dateType.MatchString(t) || flagType.MatchString(t) || textType.MatchString(t) && s.filled == 0 {
			return 0, "type " + t
		}
		return most(s.whole, "whole numbers")
	case canon.Money, canon.Rate, canon.Percent, canon.Double:
		if c.Type == canon.Percent && s.filled == 0 {
			return 0.6, "no value seen, so it may be a fraction"
		}
		if dateType.MatchString(t) || flagType.MatchString(t) || textType.MatchString(t) && s.filled == 0 {
			return 0, "type " + t
		}
		return most(s.number, "numbers")
	case canon.Boolean:
		if flagType.MatchString(t) {
			return 1, "type " + t
		}
		if dateType.MatchString(t) || floatType.MatchString(t) || s.filled == 0 {
			return 0, "type " + t
		}
		return most(s.flag, "yes or no")
	case canon.Currency:
		if dateType.MatchString(t) || numericType.MatchString(t) {
			return 0, "type " + t
		}
		return most(s.ccy, "codes of three letters")
	case canon.ID:
		if dateType.MatchString(t) || flagType.MatchString(t) || floatType.MatchString(t) && s.whole < 1 {
			return 0, "type " + t
		}
		if s.long > 0 {
			return 0, "values are long texts"
		}
		return 1, "values can be ids"
	}
	return textual(c, t, s)
}

// textual is fits for texts, with accepted values where there are some.
func textual(c canon.Column, t string, s seen) (float64, string) {
	if c.Values != nil {
		if s.filled == 0 {
			return 0.5, "no value seen"
		}
		in := 0
		for _, v := range s.values {
			if slices.Contains(c.Values, strings.ToLower(v)) {
				in++
			}
		}
		share := float64(in) / float64(s.filled)
		if share < 0.95 {
			return 0, fmt.Sprintf("%.0f %% of the values seen are accepted ones", 100*share)
		}
		return 1, "all values seen are accepted ones"
	}
	if dateType.MatchString(t) || flagType.MatchString(t) {
		return 0, "type " + t
	}
	name := c.Name == "name" || c.Name == "title" || strings.HasSuffix(c.Name, "name")
	if name && (numericType.MatchString(t) || s.filled > 0 && s.number > 0.9) {
		return 0, "values are numbers"
	}
	if c.Name == "isbn13" && s.filled > 0 && s.isbn < 0.5 {
		return 0, "the values seen are no ISBN"
	}
	if numericType.MatchString(t) {
		return 0.6, "type " + t
	}
	if s.filled == 0 {
		return 0.9, "no value seen"
	}
	return 1, "texts"
}
