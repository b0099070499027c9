package profiling

import (
	"context"
	"errors"
	"math"
	"sort"
	"time"

	"verso/models/job"
	"verso/models/segment"
)

// SegmentOptions choose what behavioural segments are made of. The zero value
// means the defaults.
type SegmentOptions struct {
	Months int // that habits are taken from, up to the as-of date; 0: 36
	Orders int // from which a customer is taken to have habits; 0: 5
	Rows   int // customers the fit is made on at most, drawn by a hash of the key; 0: 20 000
	Most   int // segments tried at most; 0: 8
}

func (o SegmentOptions) defaults() SegmentOptions {
	set := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	set(&o.Months, 36)
	set(&o.Orders, 5)
	set(&o.Rows, 20000)
	set(&o.Most, 8)
	return o
}

// Segments divides customers by how they order into score.segment, with what
// tells the segments apart (score.segment_profile) and how their number was
// chosen (score.segment_choice).
func Segments(o SegmentOptions) job.Model {
	return job.Model{Name: "segments", Run: func(ctx context.Context, j *job.Job) (int64, error) { return runSegments(ctx, j, o.defaults()) }}
}

// division is a fitted segmentation and the customers it holds.
type division struct {
	habit    *habit
	from     time.Time
	fit      []int          // rows it was made on
	model    *segment.Model // nil: there is none
	why      job.Words      // why not
	choices  []choice
	labels   []int // by row of habit
	distance []float64
	next     []float64 // distance to the next segment
	zed      [][]float64
}

// choice is one number of segments tried.
type choice struct {
	segments  int
	found     float64 // mean adjusted Rand index with the segments of bootstrap samples
	low       float64
	apart     float64 // silhouette
	smallest  int
	isChosen  bool
	candidate *segment.Model
}

func runSegments(ctx context.Context, j *job.Job, o SegmentOptions) (int64, error) {
	d := &division{from: j.AsOf.AddDate(0, -o.Months, 1)}
	if err := j.Feature(ctx, "customer_habit", d.from); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT * FROM feature.customer_habit ORDER BY md5(CAST(customer_key AS VARCHAR)), customer_key")
	if err != nil {
		return 0, err
	}
	if d.habit, err = newHabit(f); err != nil {
		return 0, err
	}
	for i, n := range d.habit.orders {
		if n >= float64(o.Orders) && len(d.fit) < o.Rows {
			d.fit = append(d.fit, i)
		}
	}
	if err := d.divide(ctx, j, o); err != nil {
		return 0, err
	}
	if err := d.place(); err != nil {
		return 0, err
	}
	for _, write := range []func(context.Context, *job.Job, SegmentOptions) error{d.writeCustomers, d.writeProfile, d.writeChoice} {
		if err := write(ctx, j, o); err != nil {
			return 0, err
		}
	}
	return int64(len(d.labels)), j.Save(ctx, d.card(o))
}

// asWell is by how much less a number of segments may be found again than the
// best and still count as well.
const asWell = .01

// divide tries every number of segments and keeps the one found again best in
// bootstrap samples (Fang & Wang 2012, Comput. Stat. Data Anal. 56(3), with the
// adjusted Rand index as the measure); of those found again as well the one
// whose segments are furthest apart.
func (d *division) divide(ctx context.Context, j *job.Job, o SegmentOptions) error {
	data := segment.Data{Features: habits}
	for _, column := range d.habit.columns {
		values := make([]float64, len(d.fit))
		for i, row := range d.fit {
			values[i] = column[row]
		}
		data.Columns = append(data.Columns, values)
	}
	for k := 2; k <= o.Most; k++ {
		m, err := segment.Fit(ctx, data, segment.Options{K: k, Seed: uint64(j.Seed), NameTraits: 1, SampleSize: 2000, SilhouetteRows: 1000, Bootstraps: 20,
			Average: segment.Words{EN: "like most", ZH: "一般"}})
		if errors.Is(err, segment.ErrTooFew) || errors.Is(err, segment.ErrUniform) {
			break
		}
		if err != nil {
			return err
		}
		if m.K < k {
			break // no more to be told apart
		}
		c := choice{segments: k, found: m.Stability.Rand, low: m.Stability.RandLow, apart: m.Silhouette, smallest: m.Segments[m.K-1].Rows, candidate: m}
		d.choices = append(d.choices, c)
	}
	best, most := -1, math.Inf(-1)
	for _, c := range d.choices {
		most = math.Max(most, c.found)
	}
	for i, c := range d.choices {
		if c.found >= most-asWell && (best < 0 || c.apart > d.choices[best].apart) {
			best = i
		}
	}
	if best < 0 {
		d.why = job.Wordsf("No segments: of %d customers that ordered since %s, %d did so %d times or more, and they do not differ or are too few.",
			"无分群：%[2]s 以来订购的 %[1]d 个客户中，订购 %[4]d 次及以上者 %[3]d 个，过少或无差异。", len(d.habit.keys), d.from.Format(time.DateOnly), len(d.fit), o.Orders)
		return nil
	}
	d.choices[best].isChosen = true
	d.model = d.choices[best].candidate
	return nil
}

// place gives every customer its nearest segment.
func (d *division) place() error {
	if d.model == nil {
		return nil
	}
	n := len(d.habit.keys)
	d.labels, d.distance, d.next = make([]int, n), make([]float64, n), make([]float64, n)
	var kept []int
	for c := range habits {
		z := make([]float64, n)
		if s := d.model.Scales[c]; !s.Dropped {
			kept = append(kept, c)
			for i, x := range d.habit.columns[c] {
				z[i] = (x - s.Center) / s.Spread
			}
		}
		d.zed = append(d.zed, z)
	}
	values := make([]float64, len(habits))
	for i := range n {
		for c := range habits {
			values[c] = d.habit.columns[c][i]
		}
		label, _, err := d.model.Assign(values)
		if err != nil {
			return err
		}
		d.labels[i], d.distance[i], d.next[i] = label, math.Inf(1), math.Inf(1)
		for s, center := range d.model.KMeans.Centers {
			var square float64
			for k, c := range kept {
				square += (d.zed[c][i] - center[k]) * (d.zed[c][i] - center[k])
			}
			if s == label {
				d.distance[i] = math.Sqrt(square)
			} else {
				d.next[i] = math.Min(d.next[i], math.Sqrt(square))
			}
		}
	}
	return nil
}

// traits are the two habits in which customer i is furthest from the mean.
func (d *division) traits(i int) [2]job.Words {
	order := []int{0, 1, 2, 3}
	sort.SliceStable(order, func(a, b int) bool { return math.Abs(d.zed[order[a]][i]) > math.Abs(d.zed[order[b]][i]) })
	return [2]job.Words{d.habit.fact(order[0], i), d.habit.fact(order[1], i)}
}

func (d *division) writeCustomers(ctx context.Context, j *job.Job, o SegmentOptions) error {
	n := len(d.labels)
	keys, segments, known := make([]int64, n), make([]int64, n), make([]bool, n)
	clear, orders := make([]float64, n), make([]int64, n)
	var names, facts [4][]string
	for i, label := range d.labels {
		keys[i], segments[i], known[i] = d.habit.keys[i], int64(label+1), d.habit.orders[i] >= float64(o.Orders)
		orders[i] = int64(d.habit.orders[i])
		if clear[i] = 1; d.next[i] > 0 && !math.IsInf(d.next[i], 0) {
			clear[i] = math.Max(0, 1-d.distance[i]/d.next[i])
		}
		name, told := d.model.Segments[label].Name, d.traits(i)
		for k, text := range []string{name.EN, name.ZH} {
			names[k] = append(names[k], text)
		}
		for k, text := range []string{told[0].EN, told[0].ZH, told[1].EN, told[1].ZH} {
			facts[k] = append(facts[k], text)
		}
	}
	return j.Score(ctx, segmentSQL, nil, job.Col("customer_key", keys), job.Col("segment", segments), job.Col("name", names[0]), job.Col("name_zh", names[1]),
		job.Col("is_known", known), job.Col("orders", orders), job.Col("distance", d.distance), job.Col("clearness", clear),
		job.Col("fact_1", facts[0]), job.Col("fact_1_zh", facts[1]), job.Col("fact_2", facts[2]), job.Col("fact_2_zh", facts[3]))
}

func (d *division) writeChoice(ctx context.Context, j *job.Job, _ SegmentOptions) error {
	var segments, smallest []int64
	var found, low, apart []float64
	var chosen []bool
	for _, c := range d.choices {
		segments, smallest, chosen = append(segments, int64(c.segments)), append(smallest, int64(c.smallest)), append(chosen, c.isChosen)
		found, low, apart = append(found, c.found), append(low, c.low), append(apart, c.apart)
	}
	return j.Score(ctx, segmentChoiceSQL, nil, job.Col("segments", segments), job.Col("found_again", found), job.Col("found_again_low", low),
		job.Col("silhouette", apart), job.Col("smallest", smallest), job.Col("is_chosen", chosen))
}
