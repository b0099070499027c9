package survival

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// telco reads the columns of the Telco churn data by name.
func telco(t testing.TB) (Sample, func(column string) []string) {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "telco", "Telco-Customer-Churn.csv"))
	if err != nil {
		t.Skip("the data set is not there: set VERSO_DATA")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) []string {
		for j, header := range rows[0] {
			if header == name {
				values := make([]string, len(rows)-1)
				for i, row := range rows[1:] {
					values[i] = row[j]
				}
				return values
			}
		}
		t.Fatalf("no column %s", name)
		return nil
	}
	s := Sample{Time: numbers(t, column("tenure"))}
	for _, v := range column("Churn") {
		s.Event = append(s.Event, v == "Yes")
	}
	return s, column
}

func numbers(t testing.TB, texts []string) []float64 {
	values := make([]float64, len(texts))
	for i, s := range texts {
		var err error
		if values[i], err = strconv.ParseFloat(s, 64); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

func indicator(texts []string, of string) []float64 {
	values := make([]float64, len(texts))
	for i, s := range texts {
		if s == of {
			values[i] = 1
		}
	}
	return values
}

func codes(texts []string) []int {
	known := map[string]int{"Month-to-month": 0, "One year": 1, "Two year": 2}
	values := make([]int, len(texts))
	for i, s := range texts {
		values[i] = known[s]
	}
	return values
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.9f, want %.9f ± %g", what, got, want, tolerance)
	}
}

// Source: R 4.2.2, survival 3.5-3 on all 7 043 rows, printed to six decimals.
// Its interval is the default of survfit, conf.type = "log".
func TestTelcoKaplanMeier(t *testing.T) {
	s, _ := telco(t)
	c, err := KaplanMeier(s, CurveOptions{Interval: Log})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[float64]float64{1: 0.945961, 6: 0.884826, 12: 0.843200, 24: 0.788736,
		36: 0.748546, 48: 0.708840, 60: 0.664404, 72: 0.592790} {
		got, known := c.At(at)
		near(t, "S("+strconv.Itoa(int(at))+")", got.Survival, want, 1e-6)
		if !known {
			t.Errorf("S(%v) is not known", at)
		}
	}
	end, _ := c.At(72)
	near(t, "SE(72)", end.SE, 0.009919, 1e-6)
	near(t, "lower(72)", end.Lower, 0.573665, 1e-6)
	near(t, "upper(72)", end.Upper, 0.612553, 1e-6)
	mean, err := c.RestrictedMean(0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "restricted mean", mean.Value, 54.492, 5e-4)
	if q := c.Median(); q.HasTime {
		t.Errorf("a median %v although the curve ends above one half", q)
	}
}

// Source: as above, by Contract; the numbers of the test are printed rounded.
func TestTelcoByContract(t *testing.T) {
	s, column := telco(t)
	contract := codes(column("Contract"))
	_, parts, err := s.Split(contract)
	if err != nil {
		t.Fatal(err)
	}
	want := [][3]float64{{.703097, .585916, .397264}, {.990808, .978272, .916547}, {1, 1, .995719}}
	for g, part := range parts {
		c, err := KaplanMeier(part, CurveOptions{Interval: Log})
		if err != nil {
			t.Fatal(err)
		}
		for k, at := range []float64{12, 24, 48} {
			got, _ := c.At(at)
			near(t, "S", got.Survival, want[g][k], 1e-6)
		}
		if q := c.Median(); g == 0 && (q.Time != 35 || q.Lower != 32 || q.Upper != 38) {
			t.Errorf("median of month-to-month = %+v, want 35 (32–38)", q)
		}
	}
	test, err := LogRank(s, contract, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "chi-square", test.ChiSquare, 2353, 0.5)
	for g, expected := range []float64{708, 471, 690} {
		near(t, "expected", test.Groups[g].Expected, expected, 0.5)
	}
	if test.DF != 2 || test.P > 1e-300 {
		t.Errorf("df %d, p %g", test.DF, test.P)
	}
}

// telcoCox are the covariates of the reference model.
func telcoCox(t testing.TB, column func(string) []string) Covariates {
	senior := numbers(t, column("SeniorCitizen"))
	return Covariates{
		Names: []string{"one-year", "two-year", "paperless", "MonthlyCharges", "fiber", "no-internet", "Partner", "Senior"},
		Columns: [][]float64{
			indicator(column("Contract"), "One year"), indicator(column("Contract"), "Two year"),
			indicator(column("PaperlessBilling"), "Yes"), numbers(t, column("MonthlyCharges")),
			indicator(column("InternetService"), "Fiber optic"), indicator(column("InternetService"), "No"),
			indicator(column("Partner"), "Yes"), senior,
		},
	}
}

// Source: coxph of R survival 3.5-3, Efron ties.
func TestTelcoCox(t *testing.T) {
	s, column := telco(t)
	m, err := FitCox(s, telcoCox(t, column), CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !m.Converged || m.Reason != "" {
		t.Fatalf("converged %v, reason %q", m.Converged, m.Reason)
	}
	want := []float64{-1.836461, -3.615492, 0.189185, -0.029835, 1.458638, -1.184736, -0.586484, -0.041884}
	for j, c := range m.Coefficients {
		near(t, c.Name, c.Beta, want[j], 1e-6)
	}
	near(t, "null log-likelihood", m.LogLikNull, -15653.04, 5e-3)
	near(t, "log-likelihood", m.LogLik, -14122.52, 5e-3)
	near(t, "C", m.Concordance.C, 0.841021, 1e-6)
	if m.Iterations > 8 {
		t.Errorf("%d Newton steps", m.Iterations)
	}
}

// ovarian is the ovarian cancer trial of Edmonson et al. (1979) as printed in
// Therneau & Grambsch (2000): time, event, age, residual disease, treatment,
// ECOG performance.
var ovarian = [][6]float64{
	{59, 1, 72.3315, 2, 1, 1}, {115, 1, 74.4932, 2, 1, 1}, {156, 1, 66.4658, 2, 1, 2}, {421, 0, 53.3644, 2, 2, 1},
	{431, 1, 50.3397, 2, 1, 1}, {448, 0, 56.4301, 1, 1, 2}, {464, 1, 56.9370, 2, 2, 2}, {475, 1, 59.8548, 2, 2, 2},
	{477, 0, 64.1753, 2, 1, 1}, {563, 1, 55.1781, 1, 2, 2}, {638, 1, 56.7562, 1, 1, 2}, {744, 0, 50.1096, 1, 2, 1},
	{769, 0, 59.6301, 2, 2, 2}, {770, 0, 57.0521, 2, 2, 1}, {803, 0, 39.2712, 1, 1, 1}, {855, 0, 43.1233, 1, 1, 2},
	{1040, 0, 38.8932, 2, 1, 2}, {1106, 0, 44.6000, 1, 1, 1}, {1129, 0, 53.9068, 1, 2, 1}, {1206, 0, 44.2055, 2, 2, 1},
	{1227, 0, 59.5890, 1, 2, 2}, {268, 1, 74.5041, 2, 1, 2}, {329, 1, 43.1370, 2, 1, 1}, {353, 1, 63.2192, 1, 2, 2},
	{365, 1, 64.4247, 2, 2, 1}, {377, 0, 58.3096, 1, 2, 1},
}

func ovarianSample() (s Sample, age, residual, rx, ecog []float64) {
	for _, row := range ovarian {
		s.Time, s.Event = append(s.Time, row[0]), append(s.Event, row[1] == 1)
		age, residual, rx, ecog = append(age, row[2]), append(residual, row[3]), append(rx, row[4]), append(ecog, row[5])
	}
	return
}

// Source: the reference output of the tests of R's survival package
// (ovarian.Rout): age + resid.ds + rx + ecog.ps, Schoenfeld residuals.
func TestOvarianSchoenfeld(t *testing.T) {
	s, age, residual, rx, ecog := ovarianSample()
	m, err := FitCox(s, Covariates{Names: []string{"age", "resid.ds", "rx", "ecog.ps"},
		Columns: [][]float64{age, residual, rx, ecog}}, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := m.Schoenfeld()
	if len(r.Time) != 12 {
		t.Fatalf("%d residuals for 12 events", len(r.Time))
	}
	for i, want := range map[int][4]float64{
		0:  {2.69315603, 0.06761160, -0.1256239, -0.5072536},
		4:  {-15.73656605, 0.28889883, -0.5367805, -0.4634169},
		11: {1.64752655, -0.50593437, -0.6446947, 0.2939883},
	} {
		for j := range want {
			near(t, "residual", r.Residuals[i][j], want[j], 2e-6)
		}
	}
}

// Source: as above: age + ecog.ps + strata(rx), tests, survival curves.
func TestOvarianStrata(t *testing.T) {
	s, age, _, rx, ecog := ovarianSample()
	strata := make([]int, len(rx))
	for i, v := range rx {
		strata[i] = int(v)
	}
	m, err := FitCox(s, Covariates{Names: []string{"age", "ecog.ps"}, Columns: [][]float64{age, ecog}},
		CoxOptions{Strata: strata, Interval: Log})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "age", m.Coefficients[0].Beta, 0.13853, 5e-6)
	near(t, "se(age)", m.Coefficients[0].SE, 0.04801, 5e-6)
	near(t, "p(age)", m.Coefficients[0].P, 0.00391, 5e-6)
	near(t, "lower HR of age", m.Coefficients[0].Lower, 1.0454, 5e-5)
	near(t, "ecog", m.Coefficients[1].Beta, -0.09670, 5e-6)
	near(t, "upper HR of ecog", m.Coefficients[1].Upper, 3.120, 5e-4)
	near(t, "likelihood ratio", m.LikelihoodRatio.ChiSquare, 12.71, 5e-3)
	near(t, "Wald", m.Wald.ChiSquare, 8.43, 5e-3)
	near(t, "score", m.Score.ChiSquare, 12.24, 5e-3)
	near(t, "p of score", m.Score.P, 0.002195, 5e-7)
	curve, err := m.Survival([]float64{70, 3}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.87905, 0.74575, 0.57398, 0.41764, 0.16673, 0.06489, 0.00161} {
		near(t, "survival at 70", curve[i].Survival, want, 6e-6)
	}
	mean, err := m.Survival([]float64{m.Coefficients[0].Mean, m.Coefficients[1].Mean}, 2)
	if err != nil {
		t.Fatal(err)
	}
	last := mean[len(mean)-1]
	near(t, "survival at the means", last.Survival, 0.597, 5e-4)
	near(t, "its error", last.SE, 0.1494, 5e-5)
	near(t, "its lower bound", last.Lower, 0.366, 5e-4)
	near(t, "its upper bound", last.Upper, 0.975, 5e-4)
}

// Source: cox.zph of R survival 3 on the same data, its documentation example
// age + ecog.ps: chi-square .698, 2.371, global 3.633.
func TestOvarianProportionality(t *testing.T) {
	s, age, _, _, ecog := ovarianSample()
	m, err := FitCox(s, Covariates{Names: []string{"age", "ecog.ps"}, Columns: [][]float64{age, ecog}}, CoxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tests, err := m.Proportionality(KaplanMeierTime)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []float64{0.698, 2.371, 3.633} {
		near(t, tests[k].Name, tests[k].ChiSquare, want, 5e-4)
	}
	// The correlations are those the older version of the test printed.
	near(t, "correlation of age", tests[0].Correlation, -0.243, 5e-4)
	near(t, "correlation of ecog", tests[1].Correlation, 0.520, 5e-4)
}

// truncated is data set 2 of Therneau & Grambsch (2000), appendix E: left
// truncation and a tie.
func truncated() (Sample, Covariates) {
	event := make([]bool, 10)
	for i := range 7 {
		event[i] = true
	}
	return Sample{
			Entry: []float64{1, 2, 5, 2, 1, 7, 3, 4, 8, 8},
			Time:  []float64{2, 3, 6, 7, 8, 9, 9, 9, 14, 17}, Event: event,
		}, Covariates{Names: []string{"x"},
			Columns: [][]float64{{1, 0, 0, 1, 0, 1, 1, 1, 0, 0}}}
}

// Source: the formulas of that appendix and the printed output of R's survival
// package for it (book4.Rout). The log-likelihood as a function of r = exp(β).
func TestLeftTruncationEfron(t *testing.T) {
	s, x := truncated()
	m, err := FitCox(s, x, CoxOptions{Interval: Log})
	if err != nil {
		t.Fatal(err)
	}
	b := m.Coefficients[0].Beta
	r := math.Exp(b)
	near(t, "β", b, -2*0.0105526, 1e-7)
	near(t, "log-likelihood", m.LogLik, 4*b-(math.Log(r+1)+math.Log(r+2)+2*math.Log(3*r+2)+2*math.Log(3*r+1)+math.Log(2*r+2)), 1e-12)
	info := r * (1/((r+1)*(r+1)) + 2/((r+2)*(r+2)) + 12/((3*r+2)*(3*r+2)) + 6/((3*r+1)*(3*r+1)) + 4/((2*r+2)*(2*r+2)))
	near(t, "variance", m.Covariance.At(0, 0), 1/info, 1e-10)
	curve, err := m.Survival([]float64{2}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][3]float64{{0.616, 0.465, 0.14013}, {0.447, 0.519, 0.04568}, {0.368, 0.504, 0.02512},
		{0.288, 0.464, 0.01232}, {0.226, 0.418, 0.00603}, {0.146, 0.343, 0.00147}} {
		near(t, "survival", curve[i].Survival, want[0], 5e-4)
		near(t, "error", curve[i].SE, want[1], 5e-4)
		near(t, "lower", curve[i].Lower, want[2], 5e-6)
	}
	residuals := m.Schoenfeld()
	for i, want := range []float64{0.5052761, -0.3286599, -0.5949242, 0.2539781, -0.7460219, 0.4551759, 0.4551759} {
		near(t, "Schoenfeld residual", residuals.Residuals[i][0], want, 1e-6)
	}
}

// Source: the same appendix with Breslow's ties: β = −0.084526081 (book3).
func TestLeftTruncationBreslow(t *testing.T) {
	s, x := truncated()
	m, err := FitCox(s, x, CoxOptions{Ties: Breslow})
	if err != nil {
		t.Fatal(err)
	}
	b := m.Coefficients[0].Beta
	r := math.Exp(b)
	near(t, "β", b, -0.084526081, 1e-8)
	near(t, "log-likelihood", m.LogLik, 4*b-math.Log(r+1)-math.Log(r+2)-3*math.Log(3*r+2)-2*math.Log(3*r+1), 1e-12)
	last := m.Baseline[0].CumHazard[5] * math.Exp(-b*m.Coefficients[0].Mean)
	near(t, "hazard of x = 0", last, 1/(r+1)+1/(r+2)+1/(3*r+2)+2/(3*r+1)+2/(3*r+2), 1e-10)
}
