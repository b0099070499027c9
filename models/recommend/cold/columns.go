package cold

// The columns of a pair are the signals of each kind of attribute, those of all
// kinds together, and some of both again, multiplied: by the size of the customer
// (log of his titles less the mean of all), since a signal is worth more or less
// where there is much to count, and by the gap of the title (share of the kinds of
// which it has no attribute on a known title), since the others must then carry
// more.
const (
	bought = iota
	near
	held
	popular
	size
	unseen
	signals

	gapped = near + 1 // signals before count by gap too
	sized  = held + 1 // and these by size
)

// Signals of all kinds together.
const (
	mapped = iota
	joint
	jointNear
	wholes
)

var (
	signalNames = [signals]string{"bought", "near", "held", "popular", "size", "unseen"}
	wholeNames  = [wholes]string{"mapped", "joint", "joint near"}
)

// layout is the order of the columns for a number of kinds.
type layout int

func (l layout) of(k, signal int) int    { return k*signals + signal }
func (l layout) whole(signal int) int    { return int(l)*signals + signal }
func (l layout) sized(k, signal int) int { return l.whole(wholes) + k*sized + signal }
func (l layout) sizedWhole(signal int) int {
	return l.sized(int(l), 0) + signal
}
func (l layout) gapped(k, signal int) int { return l.sizedWhole(wholes) + k*gapped + signal }

// columns is the number of columns of a pair.
func (l layout) columns() int { return l.gapped(int(l), 0) }

// weights names the fitted weights.
func (l layout) weights(kinds []Kind, titles, customers []float64) []Weight {
	var list []Weight
	add := func(kind, signal string, at int) {
		list = append(list, Weight{kind, signal, titles[at], customers[at]})
	}
	for k := range kinds {
		for j, name := range signalNames {
			add(kinds[k].Name, name, l.of(k, j))
		}
		for j, name := range signalNames[:sized] {
			add(kinds[k].Name, name+" × size of the customer", l.sized(k, j))
		}
		for j, name := range signalNames[:gapped] {
			add(kinds[k].Name, name+" × gap of the title", l.gapped(k, j))
		}
	}
	for j, name := range wholeNames {
		add("all", name, l.whole(j))
		add("all", name+" × size of the customer", l.sizedWhole(j))
	}
	return list
}

// multiply fills the columns that are products of others: x holds the signals.
func (l layout) multiply(x []float64, size, gap float64) {
	for k := range int(l) {
		for j := range sized {
			x[l.sized(k, j)] = size * x[l.of(k, j)]
		}
		for j := range gapped {
			x[l.gapped(k, j)] = gap * x[l.of(k, j)]
		}
	}
	for j := range wholes {
		x[l.sizedWhole(j)] = size * x[l.whole(j)]
	}
}

// weighing are the weights that hold for one customer: products with his size are
// added in.
type weighing struct {
	kind  []own
	whole [wholes]float64
}

// own are the weights of one kind's signals that depend on the customer.
type own struct {
	signal [sized]float64
	gap    [gapped]float64 // added, times the gap of the title
}

func (l layout) weigh(weights []float64, size float64, to *weighing) {
	if to.kind == nil {
		to.kind = make([]own, l)
	}
	for k := range to.kind {
		o := &to.kind[k]
		for j := range o.signal {
			o.signal[j] = weights[l.of(k, j)] + size*weights[l.sized(k, j)]
		}
		copy(o.gap[:], weights[l.gapped(k, 0):])
	}
	for j := range to.whole {
		to.whole[j] = weights[l.whole(j)] + size*weights[l.sizedWhole(j)]
	}
}
