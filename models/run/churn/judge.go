package churn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"verso/models/backtest"
	"verso/models/churn"
	"verso/models/metric"
)

// judged is how one model did.
type judged struct {
	name   string
	report *backtest.Report
	grade  *backtest.Grade // of the policy against this baseline; nil for the learners
}

// The models that are judged, the policy first.
var judgedNames = []string{churn.Policy, churn.Recency, churn.BTYD, churn.Last, churn.Logistic, churn.Trees, churn.Blend}

// established is the segment of customers whose rhythm is known.
const (
	established     = "(12 order days and more)"
	occasional      = "(fewer than 12 order days)"
	establishedDays = 12
)

// predictions of a model over the tests, with each row's customer and segment.
func (s *study) predictions(name string, segment func(row int) string) *backtest.Predictions {
	p := &backtest.Predictions{}
	for _, t := range s.backtest.Tests {
		scores := t.P[name]
		if scores == nil {
			continue
		}
		p.Row, p.Y, p.P = append(p.Row, t.Rows...), append(p.Y, t.Y...), append(p.P, scores...)
		for _, i := range t.Rows {
			p.Customer = append(p.Customer, fmt.Sprint(s.data.Customer[i]))
			p.Fold, p.Segment = append(p.Fold, date(t.Origin)), append(p.Segment, segment(i))
		}
	}
	return p
}

func (s *study) typeOf(row int) string {
	if name := s.kinds[s.data.Kind[row]].name; name != "" {
		return name
	}
	return "(none)"
}

func (s *study) rhythmOf(row int) string {
	if s.data.number("days", row) >= establishedDays {
		return established
	}
	return occasional
}

// judge measures every model on what came true.
func (s *study) judge() error {
	if len(s.backtest.Tests) == 0 {
		return nil
	}
	o := backtest.Options{Seed: uint64(s.seed), Draws: 200}
	for _, name := range judgedNames {
		p := s.predictions(name, s.typeOf)
		if len(p.Y) == 0 {
			continue
		}
		r, err := backtest.Judge(p, o)
		if err != nil {
			return fmt.Errorf("judge %s: %w", name, err)
		}
		j := judged{name: name, report: r}
		if name == churn.Policy || name == churn.Recency || name == churn.BTYD {
			apart, err := backtest.Judge(s.predictions(name, s.rhythmOf), backtest.Options{Seed: uint64(s.seed), Draws: 1})
			if err != nil {
				return fmt.Errorf("judge %s: %w", name, err)
			}
			r.Segments = append(r.Segments, apart.Segments...)
		}
		if name == churn.Recency || name == churn.BTYD {
			if j.grade, err = backtest.Against(s.predictions(churn.Policy, s.typeOf), p, backtest.Words(baselineWords[name]), o); err != nil {
				return fmt.Errorf("grade against %s: %w", name, err)
			}
		}
		s.judged = append(s.judged, j)
	}
	return s.deal()
}

// examine says whether the data can carry a model, and whether a feature knows too
// much.
func (s *study) examine() error {
	rows, known := s.data.Known(s.tests[len(s.tests)-1], s.asOf)
	if len(rows) == 0 {
		return nil
	}
	sample := backtest.Sample{Sample: known}
	for _, i := range rows {
		sample.Customer, sample.Origin = append(sample.Customer, fmt.Sprint(s.data.Customer[i])), append(sample.Origin, s.data.Origin[i])
	}
	var err error
	s.readiness, err = backtest.Examine(sample)
	return err
}

// of is the report of a model, or nil.
func (s *study) of(name string) *judged {
	for i := range s.judged {
		if s.judged[i].name == name {
			return &s.judged[i]
		}
	}
	return nil
}

// deal is what the method finds where there is nothing: the AUC at the last test
// origin of models learned after the next orders, in horizons, were dealt out at
// random among the customers of each origin.
func (s *study) deal() error {
	t := s.backtest.Tests[len(s.backtest.Tests)-1]
	copied := *s.data.Data
	horizons := make([]float64, len(copied.Next)) // until the next order
	for i, next := range copied.Next {
		horizons[i] = (next - float64(copied.Origin[i])) / float64(copied.Until[i]-copied.Origin[i])
	}
	r := rand.New(rand.NewPCG(uint64(s.seed), 0x636875726e))
	for from := 0; from < len(horizons); {
		to := from
		for to < len(horizons) && copied.Origin[to] == copied.Origin[from] {
			to++
		}
		r.Shuffle(to-from, func(a, b int) { horizons[from+a], horizons[from+b] = horizons[from+b], horizons[from+a] })
		from = to
	}
	copied.Next = make([]float64, len(horizons))
	for i, n := range horizons {
		copied.Next[i] = float64(copied.Origin[i]) + math.Ceil(n*float64(copied.Until[i]-copied.Origin[i]))
	}
	b, err := churn.Run(&copied, learnFeatures(), []int{t.Origin}, s.asOf)
	if err != nil || len(b.Tests) == 0 {
		return err
	}
	ranking, err := metric.NewRanking(b.Tests[0].Y, b.Tests[0].P[churn.Blend], nil)
	if err == nil {
		s.placebo = ranking.AUC()
	}
	return nil
}

func sorted(list []int) []int {
	slices.Sort(list)
	return list
}
