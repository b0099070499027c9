package profiling

import (
	"fmt"
	"math"
	"sort"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/segment"
)

// measure is one column of feature.customer_habit that describes a customer.
type measure struct {
	column string
	words  job.Words
	unit   string // "share" is shown in percent
	used   string // the habit it stands for in the distance; "" describes only
}

// measures are what segments are described by, in the order of the tables.
var measures = []measure{
	{"textbook_share", job.Words{EN: "textbooks, of lines", ZH: "教材占行数"}, "share", "textbook"},
	{"fair_share", job.Words{EN: "orders in the six weeks after a book fair", ZH: "书展后六周内的订单"}, "share", "fair"},
	{"standing", job.Words{EN: "orders for its lines, against its type", ZH: "同等行数的订单数（相对同类）"}, "times", "standing"},
	{"single_copies_a_line", job.Words{EN: "copies a line, lots of ten and more left out", ZH: "每行册数（不计十册以上）"}, "copies", "copies"},
	{"contract", job.Words{EN: "under a contract", ZH: "有合同"}, "share", ""},
	{"orders_a_year", job.Words{EN: "orders a year", ZH: "年订单数"}, "orders", ""},
	{"days_between", job.Words{EN: "days between order days", ZH: "订购间隔天数"}, "days", ""},
	{"gap_variation", job.Words{EN: "variation of these gaps", ZH: "间隔变异系数"}, "", ""},
	{"lines_an_order", job.Words{EN: "lines an order", ZH: "每单行数"}, "lines", ""},
	{"copies_a_line", job.Words{EN: "copies a line", ZH: "每行册数"}, "copies", ""},
	{"order_value", job.Words{EN: "net value of an order", ZH: "单均净额"}, "report currency", ""},
	{"price", job.Words{EN: "gross price of a copy", ZH: "每册单价（折前）"}, "report currency", ""},
	{"discount", job.Words{EN: "discount", ZH: "折扣率"}, "share", ""},
	{"rush_share", job.Words{EN: "rush lines", ZH: "加急行占比"}, "share", ""},
	{"return_share", job.Words{EN: "copies sent back", ZH: "退货册数占比"}, "share", ""},
	{"top_quarter", job.Words{EN: "orders in its busiest quarter of the year", ZH: "最忙季度订单占比"}, "share", ""},
	{"subjects", job.Words{EN: "main classes bought", ZH: "购买的大类数"}, "classes", ""},
	{"quotes_an_order", job.Words{EN: "quotations an order", ZH: "每单报价数"}, "quotations", ""},
	{"quotes_accepted", job.Words{EN: "quotations accepted", ZH: "报价接受率"}, "share", ""},
}

// habits are the four that the distance between customers is made of, with what
// a segment is called for much or little of each.
var habits = []segment.Feature{
	{Name: "textbook", Missing: segment.Refuse, High: segment.Words{EN: "textbooks", ZH: "教材采购"}, Low: segment.Words{EN: "no textbooks", ZH: "不买教材"}},
	{Name: "fair", Missing: segment.Refuse, High: segment.Words{EN: "buys after book fairs", ZH: "书展采购"}, Low: segment.Words{EN: "not after fairs", ZH: "非书展采购"}},
	{Name: "standing", Missing: segment.Refuse, High: segment.Words{EN: "standing orders", ZH: "长期订购"}, Low: segment.Words{EN: "orders now and then", ZH: "零散订购"}},
	{Name: "copies", Missing: segment.Refuse, High: segment.Words{EN: "several copies of a title", ZH: "同种多册"}, Low: segment.Words{EN: "single copies", ZH: "单册采购"}},
}

// definitions say what each habit is.
var definitions = []job.Feature{
	{Name: "textbook", Definition: job.Words{EN: "share of lines that are textbooks, pulled to the mean of the customer's type as far as chance explains the spread (beta-binomial)", ZH: "教材占行数的比例，按偶然所能解释的差异向其类型均值收缩（贝塔二项）"}},
	{Name: "fair", Definition: job.Words{EN: "share of orders in the six weeks after a book fair, pulled likewise", ZH: "书展后六周内订单的比例，同样收缩"}},
	{Name: "standing", Definition: job.Words{EN: "log of (orders without textbooks + 2) / (lines without textbooks / lines an order of the type + 2); under a contract log 2 at least", ZH: "（非教材订单数 + 2）÷（非教材行数 ÷ 该类型每单行数 + 2）的对数；有合同者至少 log 2"}},
	{Name: "copies", Definition: job.Words{EN: "copies a line of lines under ten copies, with five lines of the median customer added", ZH: "十册以下各行的每行册数，另加中位客户的五行"}},
}

const (
	leastOfType   = 10  // customers from which a type has a mean of its own
	extraOrders   = 2.0 // of the type's kind, that the standing of a customer is drawn in by
	extraLines    = 5.0 // of the median customer, likewise for copies
	contractTimes = 2.0 // a contract stands for this many times the orders of the type
)

// habit is what the customers do: the columns of the distance, and of the
// description, one value a customer.
type habit struct {
	keys    []int64
	orders  []float64
	columns [][]float64          // by habits
	shown   map[string][]float64 // by measure
	f       *frame.Frame
}

func newHabit(f *frame.Frame) (*habit, error) {
	n := f.Rows()
	h := &habit{keys: make([]int64, n), orders: f.Column("orders"), shown: map[string][]float64{}, f: f}
	types := make([]int, n)
	for i := range n {
		h.keys[i], types[i] = int64(f.Column("customer_key")[i]), int(f.Column("type_no")[i])
	}
	textbook, err := shrunk(f.Column("textbook_lines"), f.Column("lines"), types)
	if err != nil {
		return nil, err
	}
	fair, err := shrunk(f.Column("fair_orders"), f.Column("orders"), types)
	if err != nil {
		return nil, err
	}
	standing := standing(f, types)
	h.columns = [][]float64{textbook, fair, standing, copies(f)}
	for _, m := range measures {
		switch m.column {
		case "standing":
			times := make([]float64, n)
			for i, v := range standing {
				times[i] = math.Exp(v)
			}
			h.shown[m.column] = times
		case "single_copies_a_line":
			h.shown[m.column] = ratio(f.Column("single_copies"), f.Column("single_lines"))
		default:
			h.shown[m.column] = f.Column(m.column)
		}
	}
	return h, nil
}

func shrunk(k, n []float64, types []int) ([]float64, error) {
	priors, err := segment.Priors(k, n, types, leastOfType)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(k))
	for i := range k {
		out[i] = priors[types[i]].Shrunk(k[i], n[i])
	}
	return out, nil
}

// standing tells how many orders a customer makes of its lines: standing orders
// come as many small ones.
func standing(f *frame.Frame, types []int) []float64 {
	orders, lines, contract := f.Column("plain_orders"), f.Column("plain_lines"), f.Column("contract")
	type sums struct{ customers, orders, lines float64 }
	by, all := map[int]sums{}, sums{}
	for i, t := range types {
		s := by[t]
		by[t] = sums{s.customers + 1, s.orders + orders[i], s.lines + lines[i]}
		all = sums{all.customers + 1, all.orders + orders[i], all.lines + lines[i]}
	}
	out := make([]float64, len(types))
	for i, t := range types {
		s := by[t]
		if s.customers < leastOfType || s.orders == 0 {
			s = all
		}
		usual := 1.0
		if s.orders > 0 && s.lines > 0 {
			usual = s.lines / s.orders
		}
		out[i] = math.Log((orders[i] + extraOrders) / (lines[i]/usual + extraOrders))
		if contract[i] > 0 {
			out[i] = math.Max(out[i], math.Log(contractTimes))
		}
	}
	return out
}

// copies are the copies a line, drawn in to the median customer.
func copies(f *frame.Frame) []float64 {
	n, lines := f.Column("single_copies"), f.Column("single_lines")
	var own []float64
	for i := range n {
		if lines[i] > 0 {
			own = append(own, n[i]/lines[i])
		}
	}
	usual := 1.0
	if len(own) > 0 {
		sort.Float64s(own)
		usual = own[len(own)/2]
	}
	out := make([]float64, len(n))
	for i := range n {
		out[i] = (n[i] + extraLines*usual) / (lines[i] + extraLines)
	}
	return out
}

// ratio is a/b, NaN where b is 0.
func ratio(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = math.NaN()
		if b[i] > 0 {
			out[i] = a[i] / b[i]
		}
	}
	return out
}

// fact says habit c of customer i in the counts it rests on.
func (h *habit) fact(c, i int) job.Words {
	count := func(name string) int { return int(h.f.Column(name)[i]) }
	switch habits[c].Name {
	case "textbook":
		return job.Wordsf("%d of %d lines are textbooks", "%[2]d 行中 %[1]d 行为教材", count("textbook_lines"), count("lines"))
	case "fair":
		return job.Wordsf("%d of %d orders within six weeks after a book fair", "%[2]d 单中 %[1]d 单在书展后六周内", count("fair_orders"), count("orders"))
	case "standing":
		bound := job.Words{}
		if count("contract") > 0 {
			bound = job.Words{EN: ", under a contract", ZH: "，有合同"}
		}
		return job.Words{EN: fmt.Sprintf("%d orders for %d lines other than textbooks%s", count("plain_orders"), count("plain_lines"), bound.EN),
			ZH: fmt.Sprintf("教材以外 %d 行分 %d 单%s", count("plain_lines"), count("plain_orders"), bound.ZH)}
	}
	return job.Wordsf("%d copies on %d lines of fewer than ten", "十册以下的 %[2]d 行共 %[1]d 册", count("single_copies"), count("single_lines"))
}
