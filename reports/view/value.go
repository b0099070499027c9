package view

import (
	"strconv"
	"strings"
	"time"
)

// Kind tells what a Value is. Not applicable, no data and zero are three
// different things and are shown differently.
type Kind int

// The kinds of values.
const (
	NoData        Kind = iota // nothing is known: shown as an empty dash
	NotApplicable             // the question has no answer here: shown as n/a
	Text
	Number
	Date
	Trend // a small series, drawn as a sparkline
)

// Value is one value as data: exact for export, rounded only when shown.
type Value struct {
	Kind  Kind
	Text  string    // Text
	Float float64   // Number: what is shown and drawn
	Exact string    // Number: all decimals, for export; "" means Float is exact
	Date  time.Time // Date
	Trend []Value   // Trend
	// Limits are those of each value of a Trend: it is drawn as a control chart.
	Limits []Limit
	Href   string // a page or file of the site this value links to
	// Format replaces the column's where a column mixes measures; nil for none.
	Format *Format
	// Origin is the question that was answered with this value, or with all that it
	// was calculated from; nil where there is no one such question. It is a pointer.
	Origin any
}

// Limit is what is usual of one value of a process: it is out where it lies beyond.
type Limit struct {
	Known             bool
	Center, Low, High float64
	Out               bool
}

// T is a text value.
func T(s string) Value { return Value{Kind: Text, Text: s} }

// N is a number known exactly as a float64.
func N(f float64) Value { return Value{Kind: Number, Float: f} }

// I is a whole number.
func I(n int64) Value {
	return Value{Kind: Number, Float: float64(n), Exact: strconv.FormatInt(n, 10)}
}

// Exactly is a decimal number of any length; no data for "" and for what is no
// number.
func Exactly(decimal string) Value {
	f, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		return Value{}
	}
	return Value{Kind: Number, Float: f, Exact: decimal}
}

// D is a date.
func D(t time.Time) Value { return Value{Kind: Date, Date: t} }

// NA is a value for a question that has no answer.
func NA() Value { return Value{Kind: NotApplicable} }

// Has tells whether the value is a number.
func (v Value) Has() bool { return v.Kind == Number }

// ExactText is the value for machines: all decimals, ISO dates, "n/a" where not
// applicable and nothing where there is no data.
func (v Value) ExactText() string {
	switch v.Kind {
	case Text:
		return v.Text
	case Number:
		if v.Exact != "" {
			return trimZeros(v.Exact)
		}
		return trimZeros(strconv.FormatFloat(v.Float, 'f', 6, 64))
	case Date:
		return v.Date.Format("2006-01-02")
	case NotApplicable:
		return "n/a"
	}
	return ""
}

// trimZeros drops the zeros at the end of a decimal fraction and the sign of zero.
func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}
