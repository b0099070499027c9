package html

import (
	"math"
	"strconv"

	"verso/reports/language"
	"verso/reports/view"
)

// number is a number as drawn: scaled by the format of its chart.
type number struct {
	v     float64
	known bool
}

// beyond is what no drawing shows: sums and differences of smaller numbers are
// finite.
const beyond = 1e150

// numbers are the values of n categories as drawn, rounded far below a pixel so
// that the option is short. What is missing, not finite or beyond drawing is not
// known.
func numbers(values []view.Value, f view.Format, n int) []number {
	out := make([]number, n)
	for i := range min(n, len(values)) {
		if v := f.Scaled(values[i].Float); values[i].Has() && math.Abs(v) < beyond {
			out[i] = number{round(v, 6), true}
		}
	}
	return out
}

// extent is the smallest and largest of the numbers, including zero.
func extent(lists ...[]number) (low, high float64) {
	for _, list := range lists {
		for _, n := range list {
			if n.known {
				low, high = min(low, n.v), max(high, n.v)
			}
		}
	}
	return low, high
}

// lastKnown is the index of the last number, or -1.
func lastKnown(list []number) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].known {
			return i
		}
	}
	return -1
}

// ticks are the round numbers beside an axis, from the first to the last step
// apart, and how they are written.
type ticks struct {
	first, last, step float64
	texts             []string
}

// at is the i-th tick.
func (t ticks) at(i int) float64 { return t.first + float64(i)*t.step }

// niceTicks are about parts steps of 1, 2, 2.5 (or 3) or 5 times a power of ten
// that hold low and high; no step is less than least.
func niceTicks(lang *language.Language, low, high float64, parts int, least float64) ticks {
	if high <= low {
		high = low + 1
	}
	raw := (high - low) / float64(parts)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step, decimals := power, -int(math.Floor(math.Log10(raw)))
	switch m := raw / power; {
	case m < 1.4:
	case m < 2.3:
		step = 2 * power
	case m < 3.4 && power != 1:
		step, decimals = 2.5*power, decimals+1
	case m < 3.4:
		step = 3 * power
	case m < 7:
		step = 5 * power
	default:
		step, decimals = 10*power, decimals-1
	}
	if step < least {
		step, decimals = least, 0
	}
	decimals = max(decimals, 0)
	from, to := math.Floor(low/step+1e-9), math.Ceil(high/step-1e-9)
	t := ticks{first: from * step, last: to * step, step: step}
	for k := from; k <= to; k++ {
		t.texts = append(t.texts, tickText(lang, k*step, decimals))
	}
	return t
}

// tickText writes a tick; a number too long to stand beside an axis in powers
// of ten.
func tickText(lang *language.Language, v float64, decimals int) string {
	if v != 0 && (math.Abs(v) >= 1e10 || decimals > 6) {
		return inPowers(v)
	}
	return view.Figure(lang, v, decimals, false)
}

// inPowers writes a number of any size with three digits.
func inPowers(v float64) string {
	text := strconv.FormatFloat(math.Abs(v), 'g', 3, 64)
	if v < 0 {
		return "−" + text
	}
	return text
}

// percentTicks are those of shares in percent.
func percentTicks(lang *language.Language) ticks {
	t := ticks{last: 100, step: 20}
	for i := range 6 {
		t.texts = append(t.texts, strconv.Itoa(i*20)+lang.Percent)
	}
	return t
}

// room is the width that the texts of the ticks take beside their axis.
func (t ticks) room(f frame) float64 {
	w := 0.0
	for _, s := range t.texts {
		w = max(w, textWidth(s, f.font))
	}
	return w + nameDistance + 2
}

func round(x float64, digits int) float64 {
	p := math.Pow10(digits)
	r := math.Round(x*p) / p
	if r == 0 {
		return 0
	}
	if math.IsInf(r, 0) || math.IsNaN(r) { // too large for the digits to matter
		return x
	}
	return r
}
