package config

import (
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) models(m *Models, p place) {
	r.mapping(p, fields{
		"months": r.integer(&m.Months, 0, 1200),
		"rfm": func(p place) {
			r.mapping(p, fields{
				"mode":      r.oneOf(&m.RFM.Mode, "quintile", "fixed"),
				"recency":   r.breaks(&m.RFM.Recency),
				"frequency": r.breaks(&m.RFM.Frequency),
				"monetary":  r.breaks(&m.RFM.Monetary),
			})
			r.rfm(m.RFM, p)
		},
		"churn": func(p place) {
			r.mapping(p, fields{
				"horizon_days": r.integer(&m.Churn.HorizonDays, 1, 3650),
				"silence_days": r.integer(&m.Churn.SilenceDays, 1, 36500),
				"step_days":    r.integer(&m.Churn.StepDays, 7, 3650),
				"origins":      r.datesOf(&m.Churn.Origins),
			})
		},
	})
}

// datesOf reads ascending dates.
func (r *reader) datesOf(to *[]string) func(place) {
	return func(p place) {
		var list []string
		for _, item := range r.list(p) {
			text, _, _ := scalar(item.value)
			if _, err := time.Parse(time.DateOnly, text); err != nil || len(list) > 0 && list[len(list)-1] >= text {
				r.report(item.at(), "write ascending dates, such as [2025-01-31, 2025-04-30]", "%s must be a later date, not %s", item.path, describe(item.value))
				return
			}
			list = append(list, text)
		}
		*to = list
	}
}

// breaks reads four ascending numbers.
func (r *reader) breaks(to *[]float64) func(place) {
	return func(p place) {
		const hint = "write four ascending numbers, such as [30, 90, 180, 365]"
		list, ok := p.value.(*ast.SequenceNode)
		if !ok || len(list.Values) != 4 {
			r.report(p.at(), hint, "%s must be a list of four numbers, not %s", p.path, describe(p.value))
			return
		}
		var numbers []float64
		for _, item := range list.Values {
			text, _, _ := scalar(r.resolve(item))
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				r.report(item.GetToken(), hint, "%s holds %s, which is no number", p.path, describe(item))
				return
			}
			numbers = append(numbers, n)
		}
		if !slices.IsSorted(numbers) {
			r.report(p.at(), hint, "%s does not ascend", p.path)
			return
		}
		*to = numbers
	}
}

// rfm holds breaks and mode together.
func (r *reader) rfm(m RFM, p place) {
	lists := map[string][]float64{"recency": m.Recency, "frequency": m.Frequency, "monetary": m.Monetary}
	for _, name := range []string{"recency", "frequency", "monetary"} {
		_, written := r.seen[p.below(name)]
		switch {
		case m.Mode == "fixed" && !written:
			r.report(p.key, "write four ascending numbers, such as "+name+": [30, 90, 180, 365]", "mode fixed needs %s", p.below(name))
		case m.Mode != "fixed" && lists[name] != nil:
			r.report(r.seen[p.below(name)].key, "write mode: fixed, or take the breaks out", "%s means nothing in mode quintile", p.below(name))
		}
	}
}
