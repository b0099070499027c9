package recommend

import (
	"errors"
	"math"

	"verso/models/job"
	"verso/models/recommend/cold"
)

// Joint signals and products of signals (cold.Fit) have many weights: they are tried
// where so many customers bought anything, and fitted on so many choices.
const (
	jointCustomers = 1000
	jointGroups    = 1200
)

// heldFresh are the titles of the issues that were current on a day, and what was
// bought of them in the two months after, by so many customers.
func (c *catalogue) heldFresh(day int32) (bought cold.Sales, titles []int32, customers int) {
	fresh := make([]bool, len(c.titles))
	for i, d := range c.issued {
		if d > day-issueDays && d <= day+15 && d > 0 {
			titles, fresh[i] = append(titles, int32(i)), true
		}
	}
	users := map[int32]bool{}
	after := c.between(day, day+freshDays)
	for k, i := range after.Item {
		if fresh[i] {
			bought.Customer, bought.Title = append(bought.Customer, after.User[k]), append(bought.Title, i)
			users[after.User[k]] = true
		}
	}
	return bought, titles, len(users)
}

// chooseCold decides whether new titles are scored by joint signals and products of
// signals too: where these find more of what was bought of the new titles of four months
// ago, in the two months before the test, by more than two standard errors.
func (c *catalogue) chooseCold(f *fitted, seed int64) error {
	day := c.day - 2*freshDays
	bought, titles, users := c.heldFresh(day)
	with := 0
	for _, own := range c.owned {
		if len(own) > 0 {
			with++
		}
	}
	f.signals = job.Wordsf("of single attributes: %d customers bought anything and %d of the new titles of four months ago, too few to weigh more", "仅取单项属性：有订购的客户 %d 位、订购四个月前新书者 %d 位，不足以拟合更多权重", with, users)
	if users < leastUsers || with < jointCustomers {
		return nil
	}
	var each [2][]float64
	for k, joint := range []bool{false, true} {
		m, err := c.fitCold(day, seed, joint, nil)
		if errors.Is(err, cold.ErrEmpty) || err == nil && joint && !m.Listwise {
			return nil
		}
		if err != nil {
			return err
		}
		e, err := m.Evaluate(bought, titles, listLength)
		if err != nil {
			return err
		}
		each[k] = e.Model.Each
	}
	more, se := paired(each[1], each[0])
	if f.joint = more > 2*se; f.joint {
		f.signals = job.Wordsf("joint signals and products of signals too: on the new titles of four months ago they found %.3f more (mean of recall and NDCG; standard error %.3f)", "另取联合信号与信号乘积：对四个月前的新书，召回率与 NDCG 均值高出 %.3f（标准误 %.3f）", more, se)
	} else {
		f.signals = job.Wordsf("of single attributes: on the new titles of four months ago joint signals and products changed what was found by %+.3f (mean of recall and NDCG; standard error %.3f, twice it is asked)", "仅取单项属性：对四个月前的新书，加入联合信号与信号乘积使召回率与 NDCG 均值变动 %+.3f（标准误 %.3f，须逾其两倍）", more, se)
	}
	return nil
}

// paired is the mean of a less b of the same customers, and its standard error.
func paired(a, b []float64) (mean, se float64) {
	n := float64(len(a))
	for k := range a {
		mean += (a[k] - b[k]) / n
	}
	for k := range a {
		d := a[k] - b[k] - mean
		se += d * d
	}
	return mean, math.Sqrt(se) / n
}
