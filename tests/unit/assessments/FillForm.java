import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.IFormElement;
import org.javarosa.core.model.QuestionDef;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills a form with JavaRosa, the engine of ODK Collect: one filling a line (name=value, tabs between),
 * and for each a line of what it comes to: its calculations, whether it may be sent, what applies.
 */
public final class FillForm {
    /** What the device notes by itself, and the words between the questions. */
    private static final Pattern NOTED = Pattern.compile("start|end|instanceID|ket_.*");
    private final FormDef form;
    private final Map<String, TreeElement> leaves = new LinkedHashMap<>();
    private final Map<String, Integer> controls = new HashMap<>();

    private FillForm(String path) throws Exception {
        form = XFormUtils.getFormFromFormXml(path, null);
        form.initialize(true, new InstanceInitializationFactory());
        leavesOf(form.getMainInstance().getRoot());
        controlsOf(form);
    }

    public static void main(String[] arguments) throws Exception {
        new XFormsModule().registerModule();
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        FillForm filler = new FillForm(arguments[0]);
        List<String> calculated = List.of(arguments[3].split(" "));
        try (PrintStream out = new PrintStream(arguments[2], StandardCharsets.UTF_8)) {
            for (String line : Files.readAllLines(Paths.get(arguments[1]))) {
                out.println(filler.filled(line, calculated));
            }
        }
    }

    private void leavesOf(TreeElement element) {
        for (int at = 0; at < element.getNumChildren(); at++) {
            TreeElement child = element.getChildAt(at);
            if (child.getMult() == TreeReference.INDEX_TEMPLATE) {
                continue;
            }
            if (child.getNumChildren() == 0) {
                leaves.put(child.getName(), child);
            } else {
                leavesOf(child);
            }
        }
    }

    private void controlsOf(IFormElement element) {
        if (element instanceof QuestionDef) {
            TreeReference bound = (TreeReference) element.getBind().getReference();
            controls.put(bound.getNameLast(), ((QuestionDef) element).getControlType());
        }
        for (int at = 0; element.getChildren() != null && at < element.getChildren().size(); at++) {
            controlsOf(element.getChild(at));
        }
    }

    private String filled(String line, List<String> calculated) {
        Map<String, String> values = new HashMap<>();
        for (String pair : line.split("\t")) {
            values.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        for (Map.Entry<String, TreeElement> leaf : leaves.entrySet()) {
            if (!calculated.contains(leaf.getKey()) && !NOTED.matcher(leaf.getKey()).matches()) {
                IAnswerData answer = answer(leaf.getKey(), leaf.getValue(), values.get(leaf.getKey()));
                form.setValue(answer, leaf.getValue().getRef(), true);
            }
        }
        StringBuilder told = new StringBuilder();
        for (String name : calculated) {
            TreeElement leaf = leaves.get(name);
            if (leaf != null) {
                IAnswerData value = leaf.getValue();
                told.append(name).append('=').append(value == null ? "" : value.getDisplayText());
                told.append('\t');
            }
        }
        told.append("(fits)=").append(leaves.values().stream().allMatch(this::fits) ? 1 : 0);
        for (Map.Entry<String, TreeElement> leaf : leaves.entrySet()) {
            if (values.containsKey(leaf.getKey())) {
                told.append('\t').append('(').append(leaf.getKey()).append(")=");
                told.append(leaf.getValue().isRelevant() ? 1 : 0);
            }
        }
        return told.toString();
    }

    private boolean fits(TreeElement leaf) {
        if (!leaf.isRelevant()) {
            return true;
        }
        IAnswerData value = leaf.getValue();
        return value == null ? !leaf.isRequired() : form.evaluateConstraint(leaf.getRef(), value);
    }

    private IAnswerData answer(String name, TreeElement leaf, String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        int control = controls.getOrDefault(name, Constants.CONTROL_INPUT);
        if (control == Constants.CONTROL_SELECT_ONE) {
            return new SelectOneData(new Selection(text));
        }
        if (control == Constants.CONTROL_SELECT_MULTI) {
            List<Selection> chosen = new ArrayList<>();
            for (String code : text.split(" ")) {
                chosen.add(new Selection(code));
            }
            return new MultipleItemsData(chosen);
        }
        if (leaf.getDataType() == Constants.DATATYPE_INTEGER) {
            return new IntegerData(Integer.parseInt(text));
        }
        if (leaf.getDataType() == Constants.DATATYPE_DATE) {
            return new DateData(DateUtils.parseDate(text));
        }
        return new StringData(text);
    }
}
