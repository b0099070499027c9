package product

import (
	"context"
	_ "embed"
	"fmt"

	"verso/models/assortment"
	"verso/models/frame"
	"verso/models/job"
)

//go:embed sql/life_cycle.sql
var lifeCycleSQL string

// horizon is the age in days up to which fading is fitted: later sales are a
// trickle that fades no more.
const horizon = 730

// curve is how the demand for a group of titles fades.
type curve struct {
	by, code, name, nameZH string
	no                     int // of the group, as in the feature
	titles                 int
	decay                  *assortment.Decay
	cumulated              assortment.Curve
}

// ages are those that cumulated shares are told at.
var ages = []float64{30, 90, 180, 365, horizon}

// fade fits all titles together, by level and by class.
func fade(ctx context.Context, j *job.Job, f *frame.Frame) ([]curve, error) {
	list := []curve{{by: "all", code: "(all)", name: "all titles", nameZH: "全部品种"}}
	groups := map[string]map[int][]int{"level": {}, "class": {}}
	var whole []int
	for i := range f.Rows() {
		whole = append(whole, i)
		groups["level"][int(f.Column("level_no")[i])] = append(groups["level"][int(f.Column("level_no")[i])], i)
		groups["class"][int(f.Column("class_no")[i])] = append(groups["class"][int(f.Column("class_no")[i])], i)
	}
	names := map[string][3]string{}
	for _, q := range []struct{ key, sql string }{
		{"level", "SELECT DISTINCT level_no, level FROM feature.title_life ORDER BY level_no"},
		{"class", "SELECT DISTINCT class_no, bucket FROM feature.title_life ORDER BY class_no"},
		{"en", "SELECT class_no, min(bucket_name_en) FROM feature.title_life GROUP BY class_no ORDER BY class_no"},
		{"zh", "SELECT class_no, min(bucket_name_zh) FROM feature.title_life GROUP BY class_no ORDER BY class_no"},
	} {
		err := j.Each(ctx, q.sql, func(no int64, text string) {
			switch key := fmt.Sprint("class ", no); q.key {
			case "en", "zh":
				n := names[key]
				n[map[string]int{"en": 1, "zh": 2}[q.key]] = text
				names[key] = n
			default:
				names[fmt.Sprint(q.key, " ", no)] = [3]string{text, text, text}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for _, by := range []string{"level", "class"} {
		for no := 1; no <= len(groups[by]); no++ {
			n := names[fmt.Sprint(by, " ", no)]
			if n[0] != "" {
				list = append(list, curve{by: by, no: no, code: n[0], name: n[1], nameZH: n[2]})
			}
		}
	}
	for i := range list {
		c := &list[i]
		rows := whole
		if c.by != "all" {
			rows = groups[c.by][c.no]
		}
		if err := c.fit(f, rows); err != nil {
			return nil, fmt.Errorf("life cycle of %s %s: %w", c.by, c.code, err)
		}
	}
	return list, nil
}

func (c *curve) fit(f *frame.Frame, rows []int) (err error) {
	c.titles = len(rows)
	if c.decay, err = assortment.FitDecay(faded(f, rows), 0); err != nil {
		return err
	}
	c.cumulated, err = assortment.Cumulated(stepped(f, rows), horizon, ages)
	return err
}

// faded are the order lines of titles up to the horizon for the fit, which needs
// of each title no more than their number and mean age, and that they are more
// than one.
func faded(f *frame.Frame, rows []int) assortment.Sales {
	s := assortment.Sales{Start: []int{0}}
	for _, i := range rows {
		from, to, lines := f.Column("watched_from")[i], f.Column("watched_to")[i], f.Column("faded")[i]
		if !(from < to) {
			continue
		}
		s.From, s.To = append(s.From, from), append(s.To, to)
		if lines > 0 {
			mean := min(to, from+f.Column("days_faded")[i]/lines)
			if lines > 1 {
				s.Age, s.Quantity = append(s.Age, mean), append(s.Quantity, lines-1)
			}
			s.Age, s.Quantity = append(s.Age, mean), append(s.Quantity, 1)
		}
		s.Start = append(s.Start, len(s.Age))
	}
	return s
}

// stepped are the same by steps of age, for the shares sold up to each.
func stepped(f *frame.Frame, rows []int) assortment.Sales {
	s := assortment.Sales{Start: []int{0}}
	for _, i := range rows {
		if f.Column("watched_from")[i] > 0 || !(f.Column("watched_to")[i] >= horizon) {
			continue
		}
		s.From, s.To = append(s.From, 0), append(s.To, horizon)
		before := 0.0
		for k, name := range []string{"to_30", "to_90", "to_180", "to_365", "to_730"} {
			if upTo := f.Column(name)[i]; upTo > before {
				s.Age, s.Quantity = append(s.Age, ages[k]), append(s.Quantity, upTo-before)
				before = upTo
			}
		}
		s.Start = append(s.Start, len(s.Age))
	}
	return s
}

func writeCurves(ctx context.Context, j *job.Job, curves []curve) error {
	text := map[string][]string{}
	whole := map[string][]int64{}
	float := map[string][]float64{}
	shares := []string{"to_30", "to_90", "to_180", "to_365"}
	for i, c := range curves {
		for k, v := range map[string]string{"by": c.by, "code": c.code, "name": c.name, "name_zh": c.nameZH, "reason": c.decay.Reason} {
			text[k] = append(text[k], v)
		}
		for k, v := range map[string]int{"no": i, "titles": c.titles, "lines": int(c.decay.Copies), "watched": c.cumulated.Titles} {
			whole[k] = append(whole[k], int64(v))
		}
		half, low, high := nan, nan, nan
		if c.decay.Reason == "" {
			half = c.decay.HalfLife
			if c.decay.HasInterval {
				low = c.decay.Low
				if !c.decay.HighOpen {
					high = c.decay.High
				}
			}
		}
		float["half_life"], float["low"], float["high"] = append(float["half_life"], half), append(float["low"], low), append(float["high"], high)
		for k, name := range shares {
			v := nan
			if c.cumulated.Share != nil {
				v = c.cumulated.Share[k]
			}
			float[name] = append(float[name], v)
		}
	}
	var columns []job.Column
	for _, k := range []string{"by", "code", "name", "name_zh", "reason"} {
		columns = append(columns, job.Col(k, text[k]))
	}
	for _, k := range []string{"no", "titles", "lines", "watched"} {
		columns = append(columns, job.Col(k, whole[k]))
	}
	for _, k := range append([]string{"half_life", "low", "high"}, shares...) {
		columns = append(columns, job.Col(k, float[k]))
	}
	return j.Score(ctx, lifeCycleSQL, nil, columns...)
}
