package preset

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// profile is what the samples of a column look like. Shares are of the samples
// that are not empty.
type profile struct {
	filled     int     // samples that are not empty
	of         int     // samples
	distinct   int     // different values
	numbers    float64 // share that are numbers
	integers   float64 // share that are whole numbers
	dates      float64 // share that look like dates
	wordy      float64 // share with a letter
	codes      float64 // share without a space inside, or short
	digits     float64 // share with a digit
	currencies float64 // share of three letters
	comma      bool    // numbers have a decimal comma
	low, high  float64 // of the numbers
}

var (
	dotNumber   = regexp.MustCompile(`^[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$`)
	commaNumber = regexp.MustCompile(`^[-+]?(\d+|\d{1,3}([. ]\d{3})+),\d+$`)
	isoDate     = regexp.MustCompile(`^(19|20)\d{2}[-/.年]?(0?[1-9]|1[0-2])[-/.月]?(0?[1-9]|[12]\d|3[01])日?([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[-+]\d{2}:?\d{2}))?)?$`)
	otherDate   = regexp.MustCompile(`^(\d{1,2})([/.-])(\d{1,2})([/.-])(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{2})(:\d{2})?( ?[AaPp][Mm])?)?$`)
	letters     = regexp.MustCompile(`\p{L}`)
	threeLetter = regexp.MustCompile(`^[A-Z]{3}$`)
	whole       = regexp.MustCompile(`^[-+]?\d+(\.0+)?$`)
	key         = regexp.MustCompile(`^(0|-?[1-9]\d{0,17})$`)
	pointZero   = regexp.MustCompile(`^\d+\.0$`)
)

// look profiles the samples of a column.
func look(c Column) profile {
	p := profile{of: len(c.Samples), low: math.Inf(1), high: math.Inf(-1)}
	seen := map[string]bool{}
	var numbers, integers, dates, wordy, codes, digits, currencies, commas int
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	for _, s := range c.Samples {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		p.filled++
		seen[s] = true
		number, comma, isNumber := parseNumber(s)
		if isNumber {
			p.low, p.high = min(p.low, number), max(p.high, number)
		}
		count(&numbers, isNumber)
		count(&commas, comma)
		count(&integers, whole.MatchString(s))
		count(&dates, isoDate.MatchString(s) && !key.MatchString(s) || otherDate.MatchString(s) || yyyymmdd(s))
		count(&wordy, letters.MatchString(s))
		count(&codes, !strings.Contains(s, " ") || len(s) <= 20)
		count(&digits, strings.ContainsAny(s, "0123456789"))
		count(&currencies, threeLetter.MatchString(s))
	}
	share := func(n int) float64 { return float64(n) / float64(max(1, p.filled)) }
	p.distinct = len(seen)
	p.numbers, p.integers, p.dates = share(numbers), share(integers), share(dates)
	p.digits = share(digits)
	p.wordy, p.codes, p.currencies = share(wordy), share(codes), share(currencies)
	p.comma = commas > 0
	t := strings.ToUpper(c.Type)
	if strings.HasPrefix(t, "DATE") || strings.HasPrefix(t, "TIMESTAMP") {
		p.dates = 1
	}
	return p
}

// yyyymmdd reports whether eight digits are a date of 1990 to 2099.
func yyyymmdd(s string) bool {
	return len(s) == 8 && isoDate.MatchString(s) && (s >= "1990" && s < "2100")
}

// parseNumber reads a number with a decimal point or comma.
func parseNumber(s string) (n float64, comma, ok bool) {
	switch {
	case dotNumber.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	case commaNumber.MatchString(s):
		s = strings.ReplaceAll(strings.NewReplacer(".", "", " ", "").Replace(s), ",", ".")
		comma = true
	default:
		return 0, false, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, comma, err == nil
}

// What a column must look like for a role that its name speaks for: mostly so,
// for bad values are for quarantine, not for the guess.
func (p profile) number() bool   { return p.filled > 0 && p.numbers > 0.5 }
func (p profile) whole() bool    { return p.filled > 0 && p.integers > 0.5 }
func (p profile) dated() bool    { return p.filled > 0 && p.dates > 0.5 }
func (p profile) code() bool     { return p.filled > 0 && p.codes >= 0.9 && p.dates < 0.5 }
func (p profile) numbered() bool { return p.code() && p.digits >= 0.9 }
func (p profile) words() bool    { return p.filled > 0 && p.wordy >= 0.5 && p.dates < 0.5 }
func (p profile) currency() bool { return p.filled > 0 && p.currencies >= 0.9 }

// kind is what nearly all values are: "dates", "whole numbers", "numbers", "texts".
func (p profile) kind() string {
	switch {
	case p.dates >= 0.9:
		return "dates"
	case p.integers >= 0.9:
		return "whole numbers"
	case p.numbers >= 0.9:
		return "numbers"
	}
	return "texts"
}

// integerKeys reports whether every value can be a BIGINT and be written back
// as it was.
func integerKeys(c Column) bool {
	t := strings.ToUpper(c.Type)
	if slices.Contains([]string{"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}, t) {
		return true
	}
	for _, s := range c.Samples {
		if s = strings.TrimSpace(s); s != "" && !key.MatchString(s) {
			return false
		}
	}
	return true
}

// allMatch reports whether every value that is not empty matches, and there is one.
func allMatch(c Column, re *regexp.Regexp) bool {
	found := false
	for _, s := range c.Samples {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !re.MatchString(s) {
			return false
		}
		found = true
	}
	return found
}
