package match

import (
	"strings"
	"sync"
)

// nicknames are first names with their short and familiar forms, one name a line: English, Dutch, German and Spanish. A
// form that is short for several names (Alex, Chris, Sam) is left out: it would make those names the same.
const nicknames = `
abigail abby abbie
adriaan adrianus ad adri arie
albert albertus bert ab
alfred alf fred freddie
andrew andy drew
anthony tony
antonius anton ton toon antoon teun
antonio toni toño antoñito
barbara barb barbie babs bärbel
benjamin ben benny benji
catherine katherine kathryn cathy kathy kate katie cath kath
catharina katharina trijn trien käthe kathi
charles charlie charley chuck chas
cornelis kees cor
cornelia corrie
daniel dan danny
david dave davy davey
deborah deb debbie debby
diederik dirk
donald don donnie
dorothy dot dottie dolly
edward ed eddie ted teddy ned eduard
elisabeth elizabeth liz lizzie beth betty betsy lies liesbeth elsbeth lisbeth liesl bets elly
emily em emmy
enrique quique kike
eugene gene
francis frank frankie
francisco paco pancho curro
franciscus frans
frederick fredrick freek
frederik friedrich fritz friedel
geoffrey geoff jeff jeffrey
gerardus gerrit gerard gerhard ger
gertrude trudy gertrud geertruida truus gertie
gregory greg gregg
guillermo guille memo
gustav gus gustaaf guus
harold harry hal
heinrich heiner heinz hendrik henk hendrikus henny
helena lena leni heleen
hubertus huib hubert
ignacio nacho
jacob jakob jaap kobus
jacobus koos
james jim jimmy jamie
jennifer jen jenn jenny
jessica jess jessie
jesus chuy chucho
joachim jochen achim
johannes jan johan johann hans hannes jannes joop
johanna hanna hanneke jopie
john johnny jack
jonathan jon jonny
jose pepe
josefa pepa
joseph joe joey
joshua josh
josephus jos jef
judith judy
karl karel carel
kimberly kim kimmy
kenneth ken kenny
klaus niklaus nikolaus
lawrence laurence larry laurie
leonard len lenny
leonardus leo leon
ludwig lutz lodewijk loek
manuel manolo manu
margaret maggie meg peggy marge margie
margarethe grete gretel margaretha greet griet marga
maria mia maaike mieke ria marie
martin marty martinus tinus maarten
matthew matt matty
matthias mattijs matthijs thijs
maximilian max
michael mike mick micky mickey mikey micha
nicolaas nico klaas
nicholas nick nicky
nathaniel nate
pamela pam
patricia patty trish tricia
peter pete
petrus piet pieter
petronella nel nelly
philip phillip phil pip
rafael rafa
raymond ray
rebecca becky becca
richard dick rick ricky rich richie
robert bob bobby rob robbie
roberto beto
ronald ron ronnie ronny
rosario charo
rudolf rudi ruud
samuel sammy
sebastian seb sebastiaan
stephen steven steve stevie
stefan steffen
susan sue susie suzy
susanne susi
theodorus theo dorus
thomas tom tommy
timothy tim timmy
ulrich uli ulli
ursula uschi
victoria vicky vicki tori
walter walt wally
wilhelmina mina willemijn mien
wilhelm willy willi willem wim
william bill billy will
wolfgang wolf
zachary zach zack
`

// roots gives each familiar form its name, both folded.
var roots = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(nicknames) {
		forms := strings.Fields(line)
		for _, form := range forms {
			m[fold(form)] = fold(forms[0])
		}
	}
	return m
})

// rootOf is the name a folded word is a familiar form of, else the word.
func rootOf(word string) string {
	if root, ok := roots()[word]; ok {
		return root
	}
	return word
}
