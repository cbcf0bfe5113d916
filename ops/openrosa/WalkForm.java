import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.services.transport.payload.ByteArrayPayload;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

/**
 * Walks through a form as ODK Collect does, with Collect's own engine: question after question, each
 * answer taken or refused by the form's rules; then finalises the filling and writes it as Collect
 * would send it. Arguments: the form, where to write, the file's number, a seed.
 */
public final class WalkForm {
    private static final String CASE = "rk_kasus";
    private static final int TRIES = 40;
    private final Random dice;
    private final String number;
    private final FormEntryController walk;

    private WalkForm(FormDef form, String number, long seed) {
        this.number = number;
        this.dice = new Random(seed);
        this.walk = new FormEntryController(new FormEntryModel(form));
    }

    public static void main(String[] arguments) throws Exception {
        new XFormsModule().registerModule();
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        FormDef form = XFormUtils.getFormFromFormXml(arguments[0], null);
        form.initialize(true, new InstanceInitializationFactory());
        int asked = new WalkForm(form, arguments[2], Long.parseLong(arguments[3])).walk();
        form.postProcessInstance();
        ByteArrayPayload payload =
            (ByteArrayPayload) new XFormSerializingVisitor().createSerializedPayload(form.getInstance());
        try (InputStream written = payload.getPayloadStream()) {
            Files.write(Paths.get(arguments[1]), written.readAllBytes());
        }
        System.out.println(asked);
    }

    /** How many questions were asked. */
    private int walk() {
        int asked = 0;
        int event = walk.getModel().getEvent();
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_QUESTION) {
                FormEntryPrompt prompt = walk.getModel().getQuestionPrompt();
                if (!prompt.isReadOnly()) {
                    answer(prompt, walk.getModel().getFormIndex());
                    asked++;
                }
            }
            event = walk.stepToNextEvent();
        }
        return asked + amended();
    }

    /** What a later answer brought up again is asked before the end, as Collect does: how many. */
    private int amended() {
        int asked = 0;
        ValidateOutcome wrong = walk.getModel().getForm().validate();
        while (wrong != null && asked < TRIES) {
            walk.jumpToIndex(wrong.failedPrompt);
            answer(walk.getModel().getQuestionPrompt(), wrong.failedPrompt);
            asked++;
            wrong = walk.getModel().getForm().validate();
        }
        return asked;
    }

    private void answer(FormEntryPrompt prompt, FormIndex index) {
        for (int each = 0; each < TRIES; each++) {
            IAnswerData data = answer(prompt, each);
            if (walk.answerQuestion(index, data, true) == FormEntryController.ANSWER_OK) {
                return;
            }
        }
        throw new IllegalStateException("no answer is taken: " + index.getReference());
    }

    private IAnswerData answer(FormEntryPrompt prompt, int attempt) {
        String name = prompt.getQuestion().getBind().getReference().toString();
        if (name.endsWith("/" + CASE)) {
            return number.isEmpty() ? null : new StringData(number);
        }
        if (!prompt.isRequired() && attempt == 0 && dice.nextInt(5) == 0) {
            return null;
        }
        List<SelectChoice> choices = prompt.getSelectChoices();
        if (choices != null && !choices.isEmpty()) {
            return chosen(prompt.getControlType(), new ArrayList<>(choices));
        }
        switch (prompt.getDataType()) {
            case Constants.DATATYPE_INTEGER:
                return new IntegerData(dice.nextInt(attempt < 20 ? 10 : 100));
            case Constants.DATATYPE_DECIMAL:
                return new DecimalData(dice.nextInt(100));
            case Constants.DATATYPE_DATE:
                return new DateData(new java.util.Date(System.currentTimeMillis() - 86_400_000L * attempt));
            default:
                return attempt > 30 && !prompt.isRequired() ? null : new StringData("Uji " + dice.nextInt(1000));
        }
    }

    private IAnswerData chosen(int control, List<SelectChoice> choices) {
        Collections.shuffle(choices, dice);
        if (control == Constants.CONTROL_SELECT_MULTI || control == Constants.CONTROL_RANK) {
            int count = control == Constants.CONTROL_RANK ? choices.size() : 1 + dice.nextInt(choices.size());
            List<Selection> found = new ArrayList<>();
            for (SelectChoice choice : choices.subList(0, count)) {
                found.add(new Selection(choice));
            }
            return new MultipleItemsData(found);
        }
        return new SelectOneData(new Selection(choices.get(0)));
    }
}
