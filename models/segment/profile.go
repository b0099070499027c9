package segment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Segment is one group of customers.
type Segment struct {
	Name       Words
	Rows       int
	Share      float64     // of all rows
	Center     []float64   // mean of its members in standardised units, by feature kept
	Traits     []Trait     // what sets it apart, strongest first
	Profile    []Statistic // by feature, in the order of the input
	Prototypes []int       // up to three rows nearest to the centre; the first is the medoid for squared distance
	// Silhouette is the mean over its rows in the sample, SilhouetteRows of them;
	// 0 when there are none.
	Silhouette     float64
	SilhouetteRows int
	// Jaccard is the mean over bootstrap samples of the Jaccard similarity to the
	// most similar segment found there (Hennig 2007), Dissolved the share of
	// samples in which it is at most a half; Verdict is Stable, Doubtful or
	// Unstable, "" when not measured.
	Jaccard, Dissolved float64
	Verdict            string
	Certainty          float64 // mean probability of its members to be in it, given a mixture; 0 for k-means
}

// Trait is a feature in which a segment differs from all others.
type Trait struct {
	Feature    int     // index in the input
	Difference float64 // mean of its members less that of the others, transformed, over the standard deviation of all
	Words      Words   // what its members are called for it
}

// Statistic describes one feature within a segment in the units of the input.
// Values are over the rows that have one; all 0 when none has.
type Statistic struct {
	Present                      int
	Mean, Median, P25, P75       float64
	OthersMean, OthersMedian     float64 // of the rows outside the segment
	Difference                   float64 // as in Trait; 0 for a dropped feature
	Low, High                    float64 // smallest and largest value
	OthersPresent                int
	StandardDeviation, ShareZero float64
}

// describe fills in everything about the segments.
func (m *Model) describe(ctx context.Context, d Data, p points, label, order []int, o Options) error {
	m.Segments = make([]Segment, m.K)
	members := make([][]int, m.K) // by segment, canonical indices
	for i, c := range label {
		members[c] = append(members[c], i)
	}
	for c := range m.Segments {
		s := &m.Segments[c]
		s.Rows, s.Share = len(members[c]), float64(len(members[c]))/float64(p.n)
		s.Center = p.mean(members[c])
		s.Prototypes = p.nearest(members[c], s.Center, 3)
		for i, at := range s.Prototypes {
			s.Prototypes[i] = order[at]
		}
		if m.Certainty != nil {
			for _, i := range members[c] {
				s.Certainty += m.Certainty[order[i]] / float64(s.Rows)
			}
		}
	}
	if err := m.profiles(ctx, d, o.workers); err != nil {
		return err
	}
	m.differences(p, members, o)
	m.name(o)
	if err := m.silhouettes(ctx, p, label, o); err != nil {
		return err
	}
	return m.stabilities(ctx, p, label, o)
}

func (p points) mean(rows []int) []float64 {
	mean := make([]float64, p.d)
	for _, i := range rows {
		for j, v := range p.row(i) {
			mean[j] += v
		}
	}
	for j := range mean {
		mean[j] /= float64(max(1, len(rows)))
	}
	return mean
}

// nearest are the rows nearest to a point, nearest first.
func (p points) nearest(rows []int, center []float64, limit int) []int {
	type at struct {
		row      int
		distance float64
	}
	list := make([]at, len(rows))
	for k, i := range rows {
		list[k] = at{i, squared(p.row(i), center)}
	}
	slices.SortFunc(list, func(a, b at) int {
		switch {
		case a.distance < b.distance:
			return -1
		case a.distance > b.distance:
			return 1
		}
		return a.row - b.row
	})
	out := make([]int, 0, limit)
	for _, a := range list[:min(limit, len(list))] {
		out = append(out, a.row)
	}
	return out
}

// profiles describes all features inside and outside each segment.
func (m *Model) profiles(ctx context.Context, d Data, workers int) error {
	for c := range m.Segments {
		m.Segments[c].Profile = make([]Statistic, len(d.Columns))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for f, values := range d.Columns {
		group.Go(func() error {
			present := make([]int, 0, len(values))
			for row, v := range values {
				if !math.IsNaN(v) {
					present = append(present, row)
				}
			}
			slices.SortFunc(present, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
			in, out := make([]float64, 0, len(present)), make([]float64, 0, len(present))
			for c := range m.Segments {
				in, out = in[:0], out[:0]
				for _, row := range present {
					if m.Labels[row] == c {
						in = append(in, values[row])
					} else {
						out = append(out, values[row])
					}
				}
				m.Segments[c].Profile[f] = statistic(in, out)
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// statistic describes sorted values inside and outside a segment.
func statistic(in, out []float64) Statistic {
	s := Statistic{Present: len(in), OthersPresent: len(out)}
	if len(in) > 0 {
		s.Mean, s.StandardDeviation = moments(in)
		s.Median, s.P25, s.P75 = quantile(in, .5), quantile(in, .25), quantile(in, .75)
		s.Low, s.High = in[0], in[len(in)-1]
		zeros := 0
		for _, v := range in {
			if v == 0 {
				zeros++
			}
		}
		s.ShareZero = float64(zeros) / float64(len(in))
	}
	if len(out) > 0 {
		s.OthersMean, _ = moments(out)
		s.OthersMedian = quantile(out, .5)
	}
	return s
}

// differences finds what sets each segment apart from all other rows.
func (m *Model) differences(p points, members [][]int, o Options) {
	all := make([]int, p.n)
	for i := range all {
		all[i] = i
	}
	mean, deviation := p.mean(all), make([]float64, p.d)
	for i := range p.n {
		for j, v := range p.row(i) {
			deviation[j] += (v - mean[j]) * (v - mean[j]) / float64(p.n)
		}
	}
	for c := range m.Segments {
		s, j := &m.Segments[c], 0
		rows, rest := float64(len(members[c])), float64(p.n-len(members[c]))
		for f := range m.Scales {
			if m.Scales[f].Dropped {
				continue
			}
			if rest > 0 {
				// The mean of the others follows from that of all.
				others := (mean[j]*float64(p.n) - s.Center[j]*rows) / rest
				difference := (s.Center[j] - others) / math.Sqrt(deviation[j])
				s.Profile[f].Difference = difference
				if math.Abs(difference) >= o.LeastDifference {
					s.Traits = append(s.Traits, Trait{f, difference, m.Scales[f].Feature.words(difference > 0)})
				}
			}
			j++
		}
		slices.SortStableFunc(s.Traits, func(a, b Trait) int {
			switch x, y := math.Abs(a.Difference), math.Abs(b.Difference); {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
	}
}

// words are the caller's for a feature, or made of its name.
func (f Feature) words(high bool) Words {
	w, otherwise := f.Low, Words{"low " + f.Name, f.Name + "低"}
	if high {
		w, otherwise = f.High, Words{"high " + f.Name, f.Name + "高"}
	}
	set(&w.EN, otherwise.EN)
	set(&w.ZH, otherwise.ZH)
	return w
}

// name joins the strongest traits. Segments that would share a name get further
// traits, and a number when those run out.
func (m *Model) name(o Options) {
	traits := make([]int, m.K)
	for c := range traits {
		traits[c] = min(o.NameTraits, len(m.Segments[c].Traits))
	}
	for grown := true; grown; {
		grown = false
		for c := range m.Segments {
			m.Segments[c].Name = m.Segments[c].join(traits[c], o.Average)
		}
		longer := make([]bool, m.K)
		for c := range m.Segments {
			longer[c] = m.sharesName(c) && traits[c] < len(m.Segments[c].Traits)
		}
		for c, more := range longer {
			if more {
				traits[c]++
				grown = true
			}
		}
	}
	counts := map[Words]int{}
	for c := range m.Segments {
		s := &m.Segments[c]
		counts[s.Name]++
		if n := counts[s.Name]; n > 1 {
			s.Name = Words{fmt.Sprintf("%s (%d)", s.Name.EN, n), fmt.Sprintf("%s(%d)", s.Name.ZH, n)}
		}
	}
}

// sharesName says whether another segment has either name of this one.
func (m *Model) sharesName(c int) bool {
	for o, s := range m.Segments {
		if o != c && (s.Name.EN == m.Segments[c].Name.EN || s.Name.ZH == m.Segments[c].Name.ZH) {
			return true
		}
	}
	return false
}

func (s Segment) join(traits int, average Words) Words {
	if traits == 0 {
		return average
	}
	w := s.Traits[0].Words
	for _, t := range s.Traits[1:traits] {
		w.EN += ", " + t.Words.EN
		w.ZH += "、" + t.Words.ZH
	}
	return w
}

// silhouettes measures how far segments stand apart, on a sample.
func (m *Model) silhouettes(ctx context.Context, p points, label []int, o Options) error {
	rows := sample(stream(o.Seed, streamSilhouette, 1), p.n, o.SilhouetteRows)
	near, err := distances(ctx, p.take(rows), o.workers)
	if err != nil {
		return err
	}
	sampled := make([]int, len(rows))
	for i, row := range rows {
		sampled[i] = label[row]
	}
	by, counts, overall := near.silhouettes(sampled, m.K)
	m.Silhouette, m.SilhouetteRows = overall, len(rows)
	for c := range m.Segments {
		m.Segments[c].Silhouette, m.Segments[c].SilhouetteRows = by[c], counts[c]
	}
	return nil
}

// stabilities measures whether the segments are found again.
func (m *Model) stabilities(ctx context.Context, p points, label []int, o Options) error {
	if o.Bootstraps < 0 || m.K == 1 {
		return nil
	}
	var shape Covariance
	if m.Mixture != nil {
		shape = m.Mixture.Covariance
	}
	s, by, err := stability(ctx, p, label, m.K, shape, o)
	if err != nil {
		return err
	}
	m.Stability = s
	for c, runs := range by {
		seg := &m.Segments[c]
		if len(runs) == 0 {
			continue // too small for any of its rows to be drawn
		}
		dissolved := 0
		for _, j := range runs {
			seg.Jaccard += j / float64(len(runs))
			if j <= .5 {
				dissolved++
			}
		}
		seg.Dissolved = float64(dissolved) / float64(len(runs))
		seg.Verdict = verdict(seg.Jaccard)
		if seg.Verdict == Unstable {
			m.warn(fmt.Sprintf("Segment %q is not found again in other samples (Jaccard %.2f): do not build on it.", seg.Name.EN, seg.Jaccard),
				fmt.Sprintf("客群“%s”在其他样本中没有重现(Jaccard %.2f),不宜据此行动。", seg.Name.ZH, seg.Jaccard))
		}
	}
	return nil
}
